"""In charge of the actions “claim” and “release”: records leave a pool for somebody, or go back into it."""

from tenon.errors import InvalidInput
from tenon.process.performing.base import Answer, Doing, Done, Performer, performer
from tenon.texts import say


@performer("claim")
class ClaimFromPool(Performer):
    def perform(self, doing: Doing) -> Answer:
        pools, person = doing.ground.service("pools"), next(iter(doing.people("to")), None)
        if person is None:
            raise InvalidInput(say("Nobody was found who could get the record.", "未找到可领取该记录的人员。"))
        records = doing.records()
        for record in records:
            pools.claim_for(doing.unit, str(doing.step.slots.pool), record.id, person)
        return Done(touched=len(records), outcome=person)


@performer("release")
class ReleaseToPool(Performer):
    def perform(self, doing: Doing) -> Answer:
        pools, records = doing.ground.service("pools"), doing.records()
        for record in records:
            pools.release_by(doing.unit, doing.access, str(doing.step.slots.pool), record.id, doing.words("reason"))
        return Done(touched=len(records))
