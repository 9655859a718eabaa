"""In charge of the action “stop”: nothing more is done, and the log says why."""

from tenon.process.performing.base import Answer, Doing, End, Performer, performer


@performer("stop")
class Stop(Performer):
    def perform(self, doing: Doing) -> Answer:
        return End(reason=doing.words("reason"))
