"""In charge of a small workspace that tests of the compiler change in one place and compile."""

from collections.abc import Callable, Mapping

import pytest

from tenon.compiler import WORKSPACE, Compilation, SourceFile, Sources, check

CORE = {
    "module.yaml": "name: core\nversion: 1.2.0\nlabel: {en: Core, zh-CN: 核心}\n",
    "entities/user.yaml": """
label: User
fields:
  name: {type: text, required: true}
  department: {type: lookup, to: department}
  region: {type: region}
  manager: {type: user}
""",
    "entities/department.yaml": """
label: Department
fields:
  name: {type: text}
  code: {type: text, unique: true}
  parent: {type: hierarchy}
""",
    "entities/region.yaml": """
label: Region
fields:
  name: {type: text}
  code: {type: text, unique: true}
  parent: {type: hierarchy}
""",
}

SALES = {
    "module.yaml": "name: sales\nversion: 1.0.0\nlabel: {en: Sales, zh-CN: 销售}\nrequires: {core: 1.0.0}\n",
    "choices/loss_reason.yaml": """
label: {en: Reason of loss, zh-CN: 输单原因}
options:
  price: {label: {en: Price, zh-CN: 价格}, color: red}
  timing: {}
""",
    "entities/account.yaml": """
label: {en: Account, zh-CN: 客户}
owned: true
region: region
fields:
  name: {type: text, required: true, max: 120}
  region: {type: region}
  deals_total: {type: rollup, of: sum(deals.amount)}
  deal_count: {type: rollup, of: 'count(deals, stage == "won")'}
relationships:
  deals: {from: deal.account}
""",
    "entities/deal.yaml": """
label: {en: Deal, zh-CN: 商机}
owned: true
region: account
fields:
  name: {type: text, required: true}
  account: {type: lookup, to: account, required: true, on_delete: restrict}
  amount: {type: money, label: {en: Amount, zh-CN: 金额}}
  probability: {type: percent, default: stage.probability}
  weighted: {type: formula, of: money, value: amount * probability / 100}
  loss_reason: {type: choice, from: loss_reason, required_when: stage == "lost"}
pipelines:
  default:
    stages:
      open: {kind: open, probability: 20, limit: 14d}
      won: {kind: won}
      lost: {kind: lost, require: [loss_reason]}
views:
  list:
    type: table
    columns: [name, account.region, amount]
    filters: {mine: {where: owner == user}}
    sort: -amount
forms:
  main: {sections: {basics: {fields: [name, account, amount]}}}
""",
    "entities/deal_line.yaml": """
label: Line
owned: deal
region: deal
fields:
  deal: {type: lookup, to: deal, required: true, on_delete: cascade}
  product: {type: text}
""",
    "roles/seller.yaml": """
label: Seller
grants:
  deal: {read: department_tree, create: true, update: own, fields: {weighted: none}}
  "*": {read: all, export: region}
deny: {deal: [export]}
""",
    "navigation.yaml": "sales: {items: {deal: {}}}\n",
}

Files = Mapping[str, str]


def sources_of(own: Files, *, sales: Files = SALES, core: Files = CORE, local: tuple[str, ...] = ()) -> Sources:
    """The small workspace with these files of the client's own."""
    client = {"workspace.yaml": "name: demo\nmodules: [sales]\n", **own}
    layers = {"core": core, "sales": sales, WORKSPACE: client}
    files = tuple(
        SourceFile(layer=layer, path=path, text=text)
        for layer, layer_files in layers.items()
        for path, text in sorted(layer_files.items())
    )
    return Sources(files=files, local=frozenset(local), available=("core", "sales", "service"))


@pytest.fixture
def sources() -> Callable[..., Sources]:
    return sources_of


@pytest.fixture
def compiled() -> Callable[..., Compilation]:
    """Compile the small workspace with these files of the client's own."""

    def compile_files(own: Files | None = None, **layers: Files) -> Compilation:
        return check(sources_of(own or {}, **layers))

    return compile_files


@pytest.fixture
def sales() -> Files:
    return SALES
