"""The families whose documents `Company` drafts, for type checkers and editors."""

from ..families.equivalent.drafts import EquivalentDrafts
from ..families.payroll.drafts import PayrollDrafts
from ..families.sales.drafts import SalesDrafts
from ..families.support.drafts import SupportDrafts

class Kinds(SalesDrafts, SupportDrafts, EquivalentDrafts, PayrollDrafts): ...
