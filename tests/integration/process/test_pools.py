"""In charge of pools: claims and their limits, two at once, giving back, handing out, consent, and the way it was."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from samples.pool_world import Pond, open_pond
from tenon.clock import FixedClock
from tenon.errors import Conflict, Forbidden, InvalidInput, NotFound, TenonError
from tenon.process.approvals import Decision, read_verb

POOL = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
where: not signed
claim: {roles: [x_seller], when: size <= 100, per_day: 3, hold: 5, cooling: 7d, approve_above: 4}
mask_before_claim: [phone]
release_reasons: x_why
assign: sharing
""",
    "assignments/sharing.yaml": """
label: {en: Sharing, zh-CN: 平分}
entity: x_client
rules:
  sellers: {label: {en: Sellers, zh-CN: 销售}, to: 'role("x_seller")', method: round_robin}
""",
}


@pytest.fixture
def pond(tmp_path: Path, database_url: str, clock: FixedClock) -> Iterator[Pond]:
    opened = open_pond(tmp_path / "pond", database_url, clock, POOL)
    yield opened
    opened.workspace.close()


def pools(pond: Pond) -> Any:
    return pond.workspace.current.processes.pools


def do(pond: Pond, who: str, verb: str, name: str, *arguments: Any, **options: Any) -> Any:
    access = pond.access(who)
    with pond.unit(who) as unit:
        return getattr(pools(pond), verb)(unit, access, "open_sea", pond.ids[name], *arguments, **options)


def told(pond: Pond, name: str) -> list[tuple[str, str | None]]:
    """Kind and person, oldest first."""
    names = {identity: known for known, identity in pond.ids.items()}
    found = pond.find("pool_event", f'record_id == "{pond.ids[name]}"', sort=("at", "id"))
    return [(each["kind"], None if each["person"] is None else names[each["person"]["id"]]) for each in found]


def test_a_record_is_claimed_given_back_and_claimed_by_another(pond: Pond) -> None:
    pond.client("acme", phone="+86 138 0013 8000")
    pond.clock.advance(minutes=30)
    assert do(pond, "sam", "claim", "acme").state == "claimed"
    assert pond.owner("acme") == "sam"
    pond.clock.advance(minutes=30)
    with pytest.raises(InvalidInput, match="Say why"):
        do(pond, "sam", "release", "acme")
    do(pond, "sam", "release", "acme", reason="no_need", note="Ask again in autumn")
    assert pond.owner("acme") is None
    with pytest.raises(Conflict, match="2026-03-21 18:00"):
        do(pond, "sam", "claim", "acme")
    pond.clock.advance(hours=1)
    do(pond, "sue", "claim", "acme")
    pond.workspace.background.run_due()
    assert told(pond, "acme") == [("entered", None), ("claimed", "sam"), ("released", "sam"), ("claimed", "sue")]
    with pond.workspace.reading(pond.actor("sue")) as unit:
        history = pools(pond).history(unit, pond.access("sue"), "x_client", pond.ids["acme"])
    assert (history[1]["reason"], history[1]["note"]) == ("no_need", "Ask again in autumn")


def test_cooling_ends(pond: Pond) -> None:
    pond.client("acme")
    do(pond, "sam", "claim", "acme")
    do(pond, "sam", "release", "acme", reason="wrong")
    pond.clock.advance(days=7)
    assert do(pond, "sam", "claim", "acme").state == "claimed"


def test_limits_hold_and_say_how_many_are_left(pond: Pond) -> None:
    for number in range(7):
        pond.client(f"c{number}")
    pond.client("signed", "sam", signed=True)
    for number in range(3):
        do(pond, "sam", "claim", f"c{number}")
    with pytest.raises(Conflict, match="claimed 3 today"):
        do(pond, "sam", "claim", "c3")
    pond.clock.advance(days=1)
    with pond.workspace.reading(pond.actor("sam")) as unit:
        quota = pools(pond).quota(unit, pond.access("sam"), "open_sea")
    assert (quota.today, quota.held, quota.left, quota.asks) == (0, 3, 2, False)
    do(pond, "sam", "claim", "c3")
    assert do(pond, "sam", "claim", "c4").state == "asked"
    assert pond.owner("c4") is None


def test_above_the_limit_the_manager_decides(pond: Pond) -> None:
    for number in range(4):
        pond.client(f"old{number}", "sam")
    pond.client("c")
    pond.client("d")
    do(pond, "sam", "claim", "c")
    do(pond, "sam", "claim", "d")
    with pytest.raises(Conflict, match="already"):
        do(pond, "sam", "claim", "c")
    with pond.workspace.reading(pond.actor("chloe")) as unit:
        assert len(pools(pond).waiting(unit, pond.access("chloe"), "open_sea")) == 2
        assert pools(pond).waiting(unit, pond.access("sue"), "open_sea") == []
    assert "sam" in str(pond.find("notification", f'person == "{pond.ids["chloe"]}"')[0]["title"]).lower()
    with pytest.raises(Forbidden):
        do(pond, "sue", "decide", "c", pond.ids["sam"], agree=True)
    do(pond, "chloe", "decide", "c", pond.ids["sam"], agree=True)
    do(pond, "chloe", "decide", "d", pond.ids["sam"], agree=False, note="Not now")
    assert (pond.owner("c"), pond.owner("d")) == ("sam", None)
    with pytest.raises(Conflict, match="does not wait"):
        do(pond, "chloe", "decide", "d", pond.ids["sam"], agree=True)


@pytest.mark.parametrize(
    ("who", "values", "error", "words"),
    [
        ("chloe", {}, Forbidden, "Your roles may not claim"),
        ("sam", {"size": 500}, Conflict, "not open to you"),
        ("sam", {"signed": True, "owner": "sue"}, NotFound, "no such"),
        ("sam", {"owner": "sue"}, NotFound, "no such"),
        ("sam", {"owner": "sam"}, Conflict, "yours already"),
        ("lena", {}, TenonError, "no “x_client”"),
    ],
)
def test_what_may_not_be_claimed_is_refused_with_the_reason(
    pond: Pond, who: str, values: dict[str, Any], error: type[TenonError], words: str
) -> None:
    owner = values.get("owner")
    pond.client("acme", **{"owner": None, **values})
    with pytest.raises(error, match=words):
        do(pond, who, "claim", "acme")
    assert pond.owner("acme") == owner


def test_of_two_who_claim_at_once_one_gets_it_and_the_other_is_told(pond: Pond) -> None:
    pond.client("acme")
    accesses = {who: pond.access(who) for who in ("sam", "sue", "sol")}
    begin = threading.Barrier(3)
    found: dict[str, Any] = {}

    def claim(who: str) -> None:
        begin.wait()
        try:
            with pond.workspace.unit(accesses[who].actor) as unit:
                found[who] = pools(pond).claim(unit, accesses[who], "open_sea", pond.ids["acme"]).state
        except TenonError as error:
            found[who] = error

    threads = [threading.Thread(target=claim, args=(who,)) for who in accesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [who for who, outcome in found.items() if outcome == "claimed"]
    losers = [outcome for outcome in found.values() if outcome != "claimed"]
    assert [pond.owner("acme")] == winners
    assert [type(outcome) for outcome in losers] == [Conflict, Conflict]
    assert all("taken this record" in str(outcome.message) for outcome in losers)
    assert [kind for kind, _person in told(pond, "acme")] == ["claimed"]


def test_one_persons_claims_at_once_stay_within_his_limits(pond: Pond) -> None:
    for number in range(6):
        pond.client(f"c{number}")
    access = pond.access("sam")
    begin = threading.Barrier(6)
    found: list[str] = []

    def claim(number: int) -> None:
        begin.wait()
        try:
            with pond.workspace.unit(access.actor) as unit:
                found.append(pools(pond).claim(unit, access, "open_sea", pond.ids[f"c{number}"]).state)
        except Conflict as error:
            found.append(str(error.message))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found.count("claimed") == 3
    assert sum("today" in each for each in found) == 3


def test_several_are_claimed_as_far_as_it_goes(pond: Pond) -> None:
    for number in range(5):
        pond.client(f"c{number}", "sue" if number == 1 else None)
    access = pond.access("sam")
    with pond.unit("sam") as unit:
        outcomes = pools(pond).claim_all(unit, access, "open_sea", [pond.ids[f"c{number}"] for number in range(5)])
    assert [outcome.error is None for outcome in outcomes] == [True, False, True, True, False]
    assert [pond.owner(f"c{number}") for number in range(5)] == ["sam", "sue", "sam", "sam", None]


def test_records_are_handed_out_by_the_rule_or_to_somebody_named(pond: Pond) -> None:
    for number in range(4):
        pond.client(f"c{number}")
    with pytest.raises(TenonError):
        do(pond, "sam", "hand_out", "c0", None)
    assert {do(pond, "chloe", "hand_out", f"c{number}", None) for number in range(3)} == {
        pond.ids[who] for who in ("sam", "sue", "sol")
    }
    pond.clock.advance(hours=1)
    do(pond, "chloe", "hand_out", "c3", pond.ids["lena"])
    pond.clock.advance(hours=1)
    assert pond.owner("c3") == "lena"
    do(pond, "chloe", "transfer", "c3", pond.ids["sue"], note="Lena is in training")
    pond.workspace.background.run_due()
    assert told(pond, "c3") == [("entered", None), ("handed_out", "lena"), ("transferred", "sue")]


def test_what_does_not_belong_there_is_not_given_back(pond: Pond) -> None:
    pond.client("signed", "sam", signed=True)
    with pytest.raises(Conflict, match="may not be in"):
        do(pond, "sam", "release", "signed", reason="wrong")
    pond.client("other", "sue")
    with pytest.raises(NotFound):
        do(pond, "sam", "release", "other", reason="wrong")
    pond.client("mine", "sam")
    with pytest.raises(InvalidInput, match="no reason"):
        do(pond, "sam", "release", "mine", reason="wrnog")


def test_changes_beside_the_pool_are_told_of_once(pond: Pond) -> None:
    pond.client("acme", "sam")
    pond.change("x_client", pond.ids["acme"], owner=None)
    pond.change("x_client", pond.ids["acme"], "chloe", owner=pond.ids["sue"])
    pond.change("x_client", pond.ids["acme"], "chloe", name="Acme Ltd")
    pond.workspace.background.run_due()
    assert ("handed_out", "sue") in told(pond, "acme")
    assert len(told(pond, "acme")) <= 2


def test_a_form_that_empties_the_owner_is_led_to_the_pools_own_way(pond: Pond) -> None:
    acme = pond.client("acme", "sam")
    with pytest.raises(InvalidInput) as refusal:
        pond.change("x_client", acme, "chloe", owner=None)
    (detail,) = refusal.value.details
    assert (detail.path, detail.code) == ("owner", "reason_needed")
    assert "Open sea" in str(detail.message)
    assert "Give back" in str(detail.hint)
    signed = pond.client("signed", "sam", signed=True)
    with pytest.raises(InvalidInput, match="in no pool"):
        pond.change("x_client", signed, "chloe", owner=None)
    with pytest.raises(InvalidInput, match="in no pool"):
        pond.change("x_client", acme, "chloe", owner=None, signed=True)
    assert (pond.owner("acme"), pond.owner("signed")) == ("sam", "sam")
    do(pond, "sam", "release", "acme", reason="no_need")
    assert pond.owner("acme") is None


def test_a_pool_that_asks_for_no_reason_takes_an_emptied_owner_as_given_back(
    tmp_path: Path, sqlite_url: str, clock: FixedClock
) -> None:
    free = {**POOL, "pools/open_sea.yaml": POOL["pools/open_sea.yaml"].replace("release_reasons: x_why\n", "")}
    pond = open_pond(tmp_path / "free", sqlite_url, clock, free)
    pond.client("acme", "sam")
    pond.change("x_client", pond.ids["acme"], "chloe", owner=None)
    pond.workspace.background.run_due()
    assert told(pond, "acme")[-1] == ("released", "sam")
    pond.workspace.close()


def test_whoever_may_claim_sees_what_is_in_the_pool_but_not_what_is_masked(pond: Pond) -> None:
    pond.client("acme", phone="+86 138 0013 8000")
    pond.client("theirs", "sue", phone="+86 138 0013 8001")
    pond.client("mine", "sam", phone="+86 138 0013 8002")
    seen = {each["name"]: each["phone"] for each in pond.find("x_client", who="sam")}
    assert set(seen) == {"acme", "mine"}
    assert seen["acme"] is None
    assert seen["mine"] is not None
    assert {each["name"]: each["phone"] is None for each in pond.find("x_client", who="chloe")} == {
        "acme": True,
        "theirs": False,
        "mine": False,
    }
    assert all(each["phone"] for each in pond.find("x_client", who="boss"))


APPROVED = {
    "pools/open_sea.yaml": """
label: {en: Open sea, zh-CN: 公海}
entity: x_client
claim: {roles: [x_seller], approve_above: 1, approval: x_claiming, per_day: 2}
""",
    "approvals/x_claiming.yaml": """
label: {en: Claiming, zh-CN: 领取审批}
entity: x_client
steps: {first: {label: {en: First, zh-CN: 一审}, who: 'role("x_chief")'}}
""",
}


def test_a_named_approval_decides_and_whoever_asked_gets_the_record(
    tmp_path: Path, sqlite_url: str, clock: FixedClock
) -> None:
    pond = open_pond(tmp_path / "pond", sqlite_url, clock, APPROVED)
    pond.client("old", "sam")
    for name in ("a", "b"):
        pond.client(name)
        found = do(pond, "sam", "claim", name)
        assert (found.state, found.request is None) == ("asked", False)
    pond.workspace.background.run_due()
    approvals, access = pond.workspace.current.processes.approvals, pond.access("chloe")
    for name, verb in (("a", "approve"), ("b", "reject")):
        where = f'record_id == "{pond.ids[name]}" and status == "open"'
        task = pond.find("approval_task", where)[0]["id"]
        with pond.unit("chloe") as unit:
            approvals.decide(unit, access, task, Decision(verb=read_verb(verb), comment="Seen"))
        pond.workspace.background.run_due()
    assert (pond.owner("a"), pond.owner("b")) == ("sam", None)
    pond.workspace.close()
