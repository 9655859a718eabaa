"""In charge of the action “document”: without a maker of documents it is refused in words."""

from tenon.process.performing.base import Answer, Doing, Performer, performer


@performer("document")
class MakeDocument(Performer):
    def perform(self, doing: Doing) -> Answer:
        """The service `documents` makes it from the step, and answers what was made. Raises Unavailable without it."""
        answer: Answer = doing.ground.service("documents").make(doing)
        return answer
