"""A call that is sent twice with one key is carried out once."""

from threading import Barrier, Thread

from samples.api_calls import Answer, World


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def count(world: World, name: str) -> int:
    return int(world.admin.get("account/count", where=f'name == "{name}"').body["count"])


def test_the_same_call_gets_the_same_answer_and_changes_nothing_twice(world: World) -> None:
    first = world.admin.post("account", {"name": "Once"}, headers=keyed("once"))
    second = world.admin.post("account", {"name": "Once"}, headers=keyed("once"))
    assert (second.status, second.body) == (first.status, first.body)
    assert (second.headers["ETag"], second.headers["Location"]) == (first.headers["ETag"], first.headers["Location"])
    assert second.headers["Idempotency-Replayed"] == "true"
    assert count(world, "Once") == 1


def test_a_key_of_another_call_is_refused(world: World) -> None:
    world.admin.post("account", {"name": "Reused"}, headers=keyed("reused"))
    answer = world.admin.post("account", {"name": "Reused 2"}, headers=keyed("reused"))
    assert answer.status == 409
    assert answer.body["errors"][0]["code"] == "idempotency_key_reused"
    assert count(world, "Reused 2") == 0


def test_keys_of_two_people_do_not_meet(world: World) -> None:
    assert world.admin.post("account", {"name": "Mine"}, headers=keyed("shared")).status == 201
    answer = world.seller.post("account", {"name": "Mine too"}, headers=keyed("shared"))
    assert (answer.status, answer.headers.get("Idempotency-Replayed")) == (201, None)


def test_a_refused_call_leaves_its_key_free(world: World) -> None:
    assert world.admin.post("account", {"name": ""}, headers=keyed("second try")).status == 422
    assert world.admin.post("account", {"name": "Second try"}, headers=keyed("second try")).status == 201


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    world.admin.post("account", {"name": "Old key"}, headers=keyed("old"))
    world.clock.advance(hours=23)
    try:
        secret = world.caller("admin")
        assert "Idempotency-Replayed" in secret.post("account", {"name": "Old key"}, headers=keyed("old")).headers
        world.clock.advance(hours=2)
        assert secret.post("account", {"name": "New use"}, headers=keyed("old")).status == 201
    finally:
        world.clock.advance(hours=-25)
    assert count(world, "Old key") == 1


def test_of_two_calls_at_once_one_is_carried_out(world: World) -> None:
    answers: list[Answer] = []
    together = Barrier(2)

    def send() -> None:
        together.wait()
        answers.append(world.admin.post("account", {"name": "At once"}, headers=keyed("at once")))

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body["id"] == answers[1].body["id"]
    assert count(world, "At once") == 1
