"""In charge of a company with web forms of every kind, on top of the one with automations."""

from collections.abc import Mapping

FILES: Mapping[str, str] = {
    "roles/x_seller.yaml": """
label: {en: Seller, zh-CN: 销售}
grants:
  user: {read: all}
  x_ask: {read: all, update: own}
""",
    "choices/x_topic.yaml": """
label: {en: Topic, zh-CN: 主题}
options:
  demo: {label: {en: Demonstration, zh-CN: 演示}}
  price: {label: {en: Prices, zh-CN: 价格}}
  inside: {label: {en: Internal, zh-CN: 内部}}
""",
    "entities/x_ask.yaml": """
label: {en: Inquiry, zh-CN: 咨询}
plural: {en: Inquiries, zh-CN: 咨询}
owned: true
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 姓名}}
  email: {type: email, label: {en: E-mail, zh-CN: 邮箱}}
  company: {type: text, max: 80, label: {en: Company, zh-CN: 公司}}
  topic: {type: choice, from: x_topic, label: {en: Topic, zh-CN: 主题}}
  budget: {type: money, label: {en: Budget, zh-CN: 预算}}
  wish: {type: long_text, max: 2000, label: {en: Wish, zh-CN: 需求}}
  plan: {type: file, max_size: 1, accept: [text/plain], label: {en: Plan, zh-CN: 方案}}
  campaign: {type: text, max: 20, label: {en: Campaign, zh-CN: 活动}}
  source: {type: text, max: 40, label: {en: Source, zh-CN: 来源}}
  rank: {type: integer, label: {en: Rank, zh-CN: 等级}}
  secret: {type: text, max: 40, label: {en: Secret, zh-CN: 秘密}}
  agreed: {type: datetime, label: {en: Agreed, zh-CN: 同意时间}}
rules:
  no_pets: {check: 'not contains(wish, "cat")', message: {en: "No cats here.", zh-CN: 不收猫。}, on: wish}
  no_rank: {check: 'is_blank(rank) or rank < 9', message: {en: "Rank is too high.", zh-CN: 等级过高。}, on: rank}
duplicates:
  same_email: {match: [email], action: warn}
  same_company: {match: [company~], action: warn}
""",
    "entities/x_firm.yaml": """
label: {en: Firm, zh-CN: 企业}
plural: {en: Firms, zh-CN: 企业}
fields:
  name: {type: text, required: true, max: 80, label: {en: Name, zh-CN: 名称}}
  phone: {type: phone, label: {en: Phone, zh-CN: 电话}}
  former: {type: boolean, default: false, label: {en: Former, zh-CN: 旧}}
duplicates:
  same_name:
    match: [name~]
    action: refuse
    when: not former
    message: {en: "This firm is known.", zh-CN: 已有此企业。}
  same_phone: {match: [phone], action: refuse}
""",
    "webforms/firm.yaml": "label: {en: Firm, zh-CN: 企业}\nentity: x_firm\nfields: {name: {}, phone: {}}\n",
    "assignments/x_turn.yaml": """
label: {en: Turn, zh-CN: 轮流}
entity: x_ask
rules:
  all: {label: {en: All, zh-CN: 全部}, to: 'role("x_seller")', method: round_robin}
fallback: role("administrator")
""",
    "webforms/contact.yaml": """
label: {en: Contact us, zh-CN: 联系我们}
entity: x_ask
fields:
  your_name: {field: name, label: {en: Your name, zh-CN: 您的姓名}}
  email: {required: true}
  company: {width: half}
  topic: {options: [demo, price]}
  budget: {visible_when: topic == "price", required: true}
  wish: {}
  plan: {}
  campaign: {hidden: true, query: utm_campaign}
sections:
  more: {label: {en: More, zh-CN: 更多}, fields: [wish, plan], visible_when: not is_blank(topic)}
defaults: {source: '"web"', rank: '1 if topic == "price" else 0'}
assign: x_turn
duplicates: {do: update, rule: same_email}
consent: {text: {en: You may write to me., zh-CN: 您可以联系我。}, field: agreed}
result:
  message: {en: "Thank you, we call you.", zh-CN: 谢谢，我们会联系您。}
  notify: [administrator]
  template: x_thanks
  to: email
page: {address: contact-us, color: orange, text: {en: "We **answer** soon.", zh-CN: 我们会尽快回复。}}
protection: {links: 2, per_hour: 12}
embed: ["https://www.example.com", "https://*.example.org"]
""",
    "webforms/noted.yaml": """
label: {en: Again, zh-CN: 再次}
entity: x_ask
fields: {company: {}, name: {}, rank: {hidden: true, query: rank}}
assign: x_turn
duplicates: {do: note, rule: same_company}
protection: {least_seconds: 0, puzzle: question}
result: {redirect: "https://www.example.com/thanks"}
""",
    "webforms/paused.yaml": "label: {en: Paused}\nentity: x_ask\nfields: {name: {}}\nassign: x_turn\npaused: true\n",
    "webforms/later.yaml": """
label: {en: Later, zh-CN: 以后}
entity: x_ask
fields: {name: {}}
assign: x_turn
opens: '2026-03-14'
closes: '2026-03-15'
protection: {least_seconds: 0, puzzle: work}
embed: ["http://127.0.0.1:*"]
""",
    "templates/x_thanks.yaml": """
label: {en: Thanks, zh-CN: 感谢}
channel: email
entity: x_ask
subject: {en: "Thanks, {{ name }}", zh-CN: "谢谢，{{ name }}"}
body: {en: "We write to {{ company }}.", zh-CN: "我们会联系 {{ company }}。"}
""",
    "automations/x_greet.yaml": """
label: {en: Greet, zh-CN: 问候}
on: {form_submitted: contact}
do: {note: {set: {secret: 'concat(trigger.outcome, " ", trigger.source)'}}}
""",
}
