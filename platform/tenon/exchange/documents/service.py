"""In charge of the service `documents`: which templates somebody may use on a record, and making files of them."""

from dataclasses import replace
from typing import Any

from tenon.access import Access
from tenon.database import UnitOfWork
from tenon.errors import BadRequest, Forbidden, NotFound, UnknownName
from tenon.exchange.documents.composing import Composed, composed, fit_name
from tenon.exchange.documents.keeping import Keeping, Kept
from tenon.exchange.documents.making import FORMATS, Format, Made, made
from tenon.exchange.house import House
from tenon.fields.base import Display
from tenon.model.outreach import Template
from tenon.process.evaluation import Ref
from tenon.process.ground import Ground
from tenon.process.parts import Part
from tenon.process.performing.base import Doing, Done
from tenon.process.seeing import Sight, View
from tenon.texts import LANGUAGES, say

CHANNEL = "document"


class Documents(Part):
    def __init__(self, ground: Ground, house: House) -> None:
        self._ground = ground
        self._keeping = Keeping(ground, house)

    def usable(self, access: Access, entity: str) -> list[Template]:
        """Those he may use by hand on records of this entity; what must be handed over nobody can hand over there."""
        return [
            template
            for template in self._ground.model.templates.values()
            if template.channel == CHANNEL
            and template.entity == entity
            and not any(given.required for given in template.given.values())
            and (not template.roles or access.administers or not access.actor.roles.isdisjoint(template.roles))
        ]

    def template(self, access: Access, entity: str, name: str) -> Template:
        """Raises UnknownName for one he may not use."""
        known = {template.name: template for template in self.usable(access, entity)}
        if name not in known:
            raise UnknownName.among(name, known, where="template")
        return known[name]

    def compose(
        self, unit: UnitOfWork, access: Access, template: Template, record_id: str, language: str | None = None
    ) -> Composed:
        """As the actor may read it. Raises NotFound for a record he may not see."""
        view = self._view(unit, access, template, record_id)
        return self._composed(template, view, _language(template, view, language or access.actor.language))

    def make_file(
        self,
        unit: UnitOfWork,
        access: Access,
        template: Template,
        record_id: str,
        *,
        output: str | None = None,
        language: str | None = None,
    ) -> tuple[Made, Composed]:
        """Not kept. Raises what `compose` does, BadRequest for a format nobody knows, Unavailable for PDF."""
        document = self.compose(unit, access, template, record_id, language)
        return made(document, format_of(output or template.output), unit.now), document

    def keep(self, unit: UnitOfWork, access: Access, template: Template, record_id: str, file: Made) -> Kept:
        """With the record, in the field of the template if it names one."""
        return self._keeping.keep(unit, access, template, record_id, file, field=template.save_to)

    def make(self, doing: Doing) -> Done:
        """For the action “document”. An attempt that is made again keeps nothing twice."""
        template = self._ground.model.templates[str(doing.step.slots.template)]
        record = doing.record
        if record is None:
            raise NotFound(say("The record is gone.", "该记录已不存在。"))
        document = self._for_step(doing, template, record.id)
        named = doing.value("name")
        if named is not None:
            document = replace(document, name=fit_name(str(named)) or document.name)
        wanted = format_of(doing.option("format") or template.output)
        field = doing.step.slots.fields.get("field") or template.save_to
        return self._kept(doing, template, record.id, document, wanted, field, doing.key)

    def attached(self, doing: Doing, name: str, key: str) -> str | None:
        """The id of the file that a message takes along, made of a template for the record of the run."""
        template, record = self._ground.model.templates[name], doing.record
        if record is None:
            return None
        document = self._for_step(doing, template, record.id)
        done = self._kept(doing, template, record.id, document, template.output, template.save_to, key)
        return None if done.gives is None else done.gives.id

    def _for_step(self, doing: Doing, template: Template, record_id: str) -> Composed:
        sight = Sight(self._ground, doing.unit, doing.access)
        view = sight.of_scene(doing.scene)
        if view.record is not None and not view.record.there:
            raise Forbidden(
                say(
                    "Whoever this acts for may not see the record, so the document would be empty.",
                    "所代表的人员无权查看该记录，文档将为空。",
                ),
                hint=say("Let it run as the system.", "请改为以系统身份运行。"),
            )
        said = doing.value("language") if "language" in doing.step.slots.expressions else None
        return self._composed(template, view, _language(template, view, said or doing.display.language))

    def _kept(
        self,
        doing: Doing,
        template: Template,
        record_id: str,
        document: Composed,
        wanted: Format,
        field: str | None,
        key: str,
    ) -> Done:
        before = self._keeping.of_key(doing.unit, key)
        if before is not None:
            return Done(gives=Ref(entity="file", id=before.id), outcome={"file": before.name})
        told: dict[str, Any] = {"notes": [str(note) for note in document.notes]} if document.notes else {}
        file = made(document, wanted, doing.unit.now)
        if doing.rehearsed:
            return Done(outcome={"file": file.file_name, "bytes": len(file.content), **told})
        kept = self._keeping.keep(doing.unit, doing.access, template, record_id, file, field=field, key=key)
        ref = Ref(entity="file", id=kept.id)
        return Done(touched=1, gives=ref, outcome={"file": ref, "name": kept.name, **told})

    def _view(self, unit: UnitOfWork, access: Access, template: Template, record_id: str) -> View:
        self._ground.reader.one(unit, access, str(template.entity), record_id, ("id",))
        return Sight(self._ground, unit, access).view(template.entity, record_id)

    def _composed(self, template: Template, view: View, language: str) -> Composed:
        return composed(template, view, Display(language=language, timezone=view.sight.unit.actor.timezone))


def format_of(written: str) -> Format:
    found = next((each for each in FORMATS if each == written), None)
    if found is None:
        raise BadRequest(
            say("“{name}” is no format of documents.", "“{name}”不是文档格式。", name=str(written)[:20]),
            hint=say("Possible: {names}.", "可选：{names}。", names=", ".join(FORMATS)),
        )
    return found


def _language(template: Template, view: View, otherwise: str) -> str:
    """What the template says of it, else the one asked for; one the program does not speak is English."""
    said = None if template.language is None else view.value(template.language)
    wanted = str(said or otherwise)
    return wanted if wanted in LANGUAGES else "en"
