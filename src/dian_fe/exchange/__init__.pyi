from .columns import Column as Column
from .drafts import Draft as Draft
from .findings import RowFinding as RowFinding
from .importing import Imported as Imported
from .importing import import_documents as import_documents
