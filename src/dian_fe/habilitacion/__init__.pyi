from ..families.sales.test_set import Counts as Counts
from ..families.sales.test_set import sample_document as sample_document
from .plan import RunReport as RunReport
from .plan import RunState as RunState
from .plan import TestSetPlan as TestSetPlan
from .run import HabilitacionRun as HabilitacionRun
