"""In charge of the automations of the small company: one of every kind, named after what it does."""

from collections.abc import Mapping

AUTOMATIONS: Mapping[str, str] = {
    "grade_big": """
on: {created: x_deal}
when: kind == "grading" and amount >= 1000
do:
  first: {set: {grade: '"gold"'}}
  second: {set: {note: 'grade + " deal"', kept: '"by system"'}}
""",
    "on_amount": """
on: {updated: {entity: x_deal, fields: [amount]}}
when: kind == "watched" and amount > old.amount
do:
  tell: {set: {note: '"was " + text(old.amount)'}}
""",
    "loop": """
on: {updated: {entity: x_deal, fields: [score]}}
when: kind == "loop"
do:
  more: {set: {score: score + 1}}
""",
    "ping": """
on: {updated: {entity: x_deal, fields: [grade]}}
when: kind == "pair"
do: {set_score: {set: {score: score + 1}}}
""",
    "pong": """
on: {updated: {entity: x_deal, fields: [score]}}
when: kind == "pair"
do: {set_grade: {set: {grade: text(score)}}}
""",
    "breed": """
on: {created: x_deal}
when: kind == "breed"
do: {child: {create: {entity: x_deal, set: {name: name, kind: kind, owner: owner}}}}
""",
    "won_lines": """
on: {stage_entered: {entity: x_deal, stage: won}}
do:
  make: {create: {entity: x_line, set: {name: name, deal: record, quantity: "1"}}}
  check:
    for_each: {in: lines, as: line, where: quantity > 0, do: {mark: {update: {of: line, set: {checked: "true"}}}}}
  big:
    branch:
      large: {when: amount > 100, do: {note_it: {set: {note: '"large"'}}}}
      small: {do: {note_it: {set: {note: '"small, from " + trigger.from_stage'}}}}
  result: {update: {of: steps.make, set: {quantity: "7"}}}
""",
    "follow_up": """
on: {created: x_deal}
when: kind == "slow"
do:
  first: {set: {note: '"waiting"'}}
  pause: {wait: {for: 3d, go_on_when: not is_blank(reply)}}
  after: {set: {note: '"went on"'}}
""",
    "office_wait": """
on: {created: x_deal}
when: kind == "office"
do:
  pause: {wait: {for: 2h, calendar: office}}
  after: {set: {note: '"done"'}}
""",
    "careful": """
on: {created: x_deal}
when: kind == "careful"
do:
  wrong: {set: {name: "null"}, on_error: skip}
  right: {set: {note: '"right"'}}
  ends: {stop: {reason: "enough of {{ name }}"}}
""",
    "failing": """
on: {created: x_deal}
when: kind == "failing"
on_failure: pause
do:
  good: {set: {note: '"kept"'}}
  wrong: {create: {entity: x_line, set: {name: note, code: note}}}
""",
    "reaching": """
on: {created: x_deal}
when: kind == "reaching"
do: {all: {create: {entity: user, set: {name: name, email: '"new@example.com"'}}}}
""",
    "owners": """
on: {created: x_deal}
when: kind == "owners"
run_as: owner
do: {note: {set: {note: '"as owner"'}}}
""",
    "single": """
on: {updated: {entity: x_deal, fields: [amount]}}
when: kind == "single"
once: true
do: {count: {set: {score: score + 1}}}
""",
    "closing": """
on: {date_reached: {entity: x_deal, field: closes, offset: -1d, at: "09:00", where: 'kind == "dated"'}}
do: {note: {set: {note: '"closes " + text(trigger.date)', score: score + 1}}}
""",
    "nightly": """
on: {schedule: {cron: "0 2 * * *", entity: x_deal, where: 'kind == "nightly"'}}
do: {count: {set: {score: score + 1}}}
""",
    "button": """
on: {manual: {entity: x_deal, where: 'kind == "button"', ask: {reason: text, points: number}}}
do: {note: {set: {note: trigger.reason, score: trigger.points}}}
""",
    "hooked": """
on: {webhook: {data: {name: text, paid: number}, entity: x_deal, match: {name: trigger.name}}}
do: {note: {set: {amount: trigger.paid}}}
""",
    "to_do": """
on: {created: x_deal}
when: kind == "to do"
do: {call: {task: {title: "Call {{ name }}", to: owner, due: "today() + days(1)"}}}
""",
    "private": """
on: {created: x_deal}
when: kind == "private"
do: {keep: {set: {private: '"told in confidence"'}}}
""",
    "grow": """
on: {created: x_lead}
do: {more: {set: {size: size + 1, previous: size}}}
""",
    "goodbye": """
on: {deleted: x_deal}
when: kind == "gone"
do: {line: {create: {entity: x_line, set: {name: name}}}}
""",
}
