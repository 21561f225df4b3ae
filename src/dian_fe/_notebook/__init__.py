"""Values as notebooks show them: ``show`` returns the HTML of any public result.

The room stands on top of all others and knows their classes; `Viewed` is how they reach it. A class without a function
of its own here is shown by its fields.
"""

from . import documents, results  # noqa: F401  # they register the views of classes
from .fields import show

__all__ = ["show"]
