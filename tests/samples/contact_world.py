"""In charge of a small sales house on the standard modules: who sells, who leads them, what they follow up."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from samples.automation_world import Works, open_works
from tenon.clock import FixedClock
from tenon.errors import NotFound, UnknownName

FILES: Mapping[str, str] = {
    "workspace.yaml": """
name: house
label: {en: Sales house, zh-CN: 销售公司}
modules: [core, customers, sales]
language: en
timezone: Asia/Shanghai
currency: CNY
country: CN
""",
    "pools/x_sea.yaml": """
label: {en: Sea, zh-CN: 公海}
entity: account
where: short_name == "sea"
recycle: {no_followup: 30d, at: "02:00"}
claim: {roles: [salesperson]}
""",
}


def open_house(folder: Path, url: str, clock: FixedClock) -> Works:
    """Ann and Ben sell, each for himself; Lea leads Ann's department."""
    house = open_works(folder, url, clock, FILES)
    north = house.create("department", name="North", code="north")
    house.ids["lea"] = _person(house, "lea", "sales_manager", department=north)
    house.ids["ann"] = _person(house, "ann", "salesperson", department=north, manager=house.ids["lea"])
    house.ids["ben"] = _person(house, "ben", "salesperson")
    house.go()
    return house


def _person(house: Works, name: str, role: str, **values: Any) -> str:
    email = f"{name}@example.com"
    person = house.create("user", name=name.title(), email=email, active=True, timezone="Asia/Shanghai", **values)
    for each in (role, "employee"):
        house.create("role_assignment", person=person, role=each)
    return person


def account(house: Works, name: str, owner: str, **values: Any) -> str:
    return house.create("account", name=name, owner=house.ids[owner], **values)


def sees(house: Works, who: str, entity: str, record: str) -> bool:
    access = house.access(who)
    with house.workspace.reading(access.actor) as unit:
        try:
            house.workspace.reader.one(unit, access, entity, record)
        except (NotFound, UnknownName):
            return False
    return True


def tasks_about(house: Works, record: str, *, done: bool = False) -> list[dict[str, Any]]:
    return house.find("task", f'about == "{record}" and {"" if done else "not "}done')
