"""Values as notebooks show them: ``show`` returns the HTML of any public result.

This package is the top layer and knows the classes of all others, which reach it through `Viewed`. A class without a
function of its own here is shown by its fields.
"""

from . import documents, results  # noqa: F401  # they register the views of classes
from .fields import show

__all__ = ["show"]
