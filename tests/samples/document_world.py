"""In charge of a small company that makes documents of its deals: templates in both languages, fields in confidence."""

from collections.abc import Mapping
from pathlib import Path

from samples.automation_world import Works, open_works
from tenon.clock import FixedClock

FILES: Mapping[str, str] = {
    "entities/x_deal/fields.yaml": """
paper: {type: file, accept: [application/pdf], label: {en: Paper, zh-CN: 文件}}
floor: {type: money, label: {en: Lowest price, zh-CN: 底价}}
story: {type: long_text, label: {en: Story, zh-CN: 说明}}
client: {type: lookup, to: x_lead, label: {en: Client, zh-CN: 客户}}
total: {type: rollup, of: sum(lines.price), label: {en: Total, zh-CN: 合计}}
""",
    "entities/x_line/fields.yaml": """
price: {type: money, label: {en: Price, zh-CN: 价格}}
cost: {type: money, label: {en: Cost, zh-CN: 成本}}
""",
    "roles/x_seller.yaml": """
label: {en: Seller, zh-CN: 销售}
grants:
  user: {read: all}
  x_lead: {read: own}
  x_deal: {read: own, create: own, update: own, delete: own, fields: {floor: none}}
  x_line: {read: all, create: all, update: all, delete: all, fields: {cost: none}}
""",
    "roles/x_viewer.yaml": """
label: {en: Viewer, zh-CN: 查看者}
grants:
  user: {read: all}
  x_deal: {read: all}
  x_line: {read: all}
""",
    "templates/offer.yaml": """
label: {en: Offer, zh-CN: 报价单}
channel: document
entity: x_deal
file_name: {en: "Offer {{ name }}", zh-CN: "报价单 {{ name }}"}
paper: {footer: {en: "Page {{ page }} of {{ pages }}", zh-CN: "第 {{ page }} 页，共 {{ pages }} 页"}}
body:
  en: |
    # Offer for {{ client.name }}

    {{ story }}

    | What | Price | Cost |
    |---|--:|--:|
    {% for lines %}
    | {{ name }} | {{ price }} | {{ cost }} |
    {% end %}

    Total {{ total }}, at least {{ floor }}.
  zh-CN: |
    # 报价单：{{ client.name }}

    {{ story }}

    | 产品 | 价格 | 成本 |
    |---|--:|--:|
    {% for lines %}
    | {{ name }} | {{ price }} | {{ cost }} |
    {% end %}

    合计 {{ total }}，大写：{{ chinese_amount(total) }}。
""",
    "templates/letter.yaml": """
label: {en: Letter, zh-CN: 信函}
channel: document
entity: x_deal
format: html
output: html
roles: [administrator]
body: '<p style="text-align:right">{{ name }}</p><img src="{{ story }}"><p><a href="{{ story }}">x</a></p>{{ story }}'
""",
    "templates/note.yaml": """
label: {en: Note, zh-CN: 便函}
channel: email
entity: x_deal
cc: '"Copy@example.com"'
bcc: '"secret@example.com"'
reply_to: '"answers@example.com"'
subject: {en: "About {{ name }}", zh-CN: "关于 {{ name }}"}
preheader: {en: "For <you>", zh-CN: 致您}
body:
  en: "Dear **{{ client.name }}**, see {{ given.place }}."
  zh-CN: "**{{ client.name }}**，请见{{ given.place }}。"
given: {place: {type: text, label: {en: Place, zh-CN: 地点}, required: false}}
attachments: {offer: {template: offer}}
""",
    "templates/short.yaml": """
label: {en: Short, zh-CN: 短信}
channel: sms
entity: x_deal
body: {en: "{{ name }}: {{ total }}", zh-CN: "【工厂】{{ name }}：{{ total }}"}
""",
    "automations/offered.yaml": """
label: {en: Make an offer, zh-CN: 生成报价}
on: {updated: {entity: x_deal, fields: [grade]}}
when: grade == "offer"
run_as: system
do:
  paper: {document: {template: offer, field: paper, language: '"zh-CN"'}}
  again: {document: {template: offer, name: '"Second: " + name', format: docx}}
  send: {email: {to: ['"buyer@example.com"'], template: note, attach: [paper, steps.again]}}
""",
    "automations/by_sam.yaml": """
label: {en: As whoever did it, zh-CN: 以操作人身份}
on: {updated: {entity: x_deal, fields: [grade]}}
when: grade == "own"
run_as: actor
do: {paper: {document: {template: offer, format: html}}}
""",
}


def open_desk(folder: Path, url: str, clock: FixedClock, more: Mapping[str, str] | None = None) -> Works:
    works = open_works(folder, url, clock, {**FILES, **(more or {})})
    works.ids["vic"] = works.create("user", name="Vic", email="vic@example.com", active=True)
    works.create("role_assignment", person=works.ids["vic"], role="x_viewer")
    return works


def deal(works: Works, who: str = "sam", lines: int = 2, **values: str) -> str:
    """Of Sam, with lines; its client is one that Sam may not see."""
    lead = works.create("x_lead", name="远达机电 Ltd")
    owned = {"owner": works.ids[who], "client": lead, "name": "Deal 喆堃", "floor": "80", **values}
    record = works.create("x_deal", **owned)
    for number in range(lines):
        works.create("x_line", name=f"产品{number}", deal=record, price="1234.5", cost="999")
    return record
