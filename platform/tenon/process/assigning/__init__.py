"""In charge of assignment: who gets a record, by the first rule that fits and finds somebody who is there.

A new record is assigned after the commit, by a job; whoever was given it by hand in between keeps it. Those who
left or are away are passed over. Choices of one rule wait for one another, so turns and limits hold under load.
"""

from tenon.process.assigning.assignments import LATER, Assignments
from tenon.process.assigning.explaining import Explanation, RuleLooked

__all__ = ["LATER", "Assignments", "Explanation", "RuleLooked"]
