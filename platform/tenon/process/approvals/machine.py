"""In charge of the course of a request: a state and an operation give a new state and what follows. No I/O.

- It never stands still: after every operation the request has ended, or somebody has an open task.
- Nobody decides who is not asked: an answer is taken from the person of an open task, from an administrator's
  rescue, or from a rule of the definition.
- A round ends when all its steps are agreed to; then the next round whose conditions hold begins.
"""

from collections.abc import Mapping

from tenon.model import Approval
from tenon.process.approvals import refusals
from tenon.process.approvals.course import Course
from tenon.process.approvals.deeds import carry_out
from tenon.process.approvals.values import Inquiry, Operation, Outcome, State


def begin(flow: Approval, submitter: str | None, inquiry: Inquiry) -> Outcome:
    """A request as it is submitted; it may have ended already, when nobody needs to be asked."""
    course = Course(flow, State(submitter=submitter, visit=-1), inquiry)
    course.tell("submitted", submitter)
    course.start()
    return course.outcome()


def perform(flow: Approval, state: State, operation: Operation, inquiry: Inquiry) -> Outcome:
    """Raises Conflict or Forbidden when the state or the definition does not allow it; `state` is as it was then."""
    if state.ended:
        raise refusals.ended(state.status)
    course = Course(flow, state, inquiry)
    carry_out(course, operation)
    return course.outcome()


def move(old: Approval, flow: Approval, state: State, steps: Mapping[str, str], inquiry: Inquiry) -> Outcome:
    """A running request under a new definition: `steps` maps those of the past to those of today.

    Whoever is asked already stays asked, when the step is still there; else its round is asked anew.
    """
    course = Course(flow, state, inquiry, until_now=old)
    course.tell("moved")
    course.follow(steps)
    return course.outcome()


def restart(old: Approval, flow: Approval, state: State, inquiry: Inquiry) -> Outcome:
    """From the beginning under a new definition."""
    course = Course(flow, state, inquiry, until_now=old)
    course.tell("restarted")
    course.start()
    return course.outcome()
