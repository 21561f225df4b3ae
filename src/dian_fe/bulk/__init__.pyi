from .factories import Factory as Factory
from .factories import from_environment as from_environment
from .issuing import issue as issue
from .issuing import resume as resume
from .pace import Pace as Pace
from .runs import FailedPart as FailedPart
from .runs import Run as Run
from .runs import open_run as open_run
