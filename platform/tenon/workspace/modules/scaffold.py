"""In charge of a new module: a small one that compiles, runs and is tested, to be changed into the real one."""

from pathlib import Path

from tenon.compiler.editors import schema_line, write_schemas
from tenon.errors import Conflict
from tenon.texts import say


def scaffold(folder: Path, *, name: str, label: str, prefix: str) -> list[Path]:
    """Write the files of a module into `folder`; returns them. Raises Conflict when something is there already."""
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(say("{folder} is not empty.", "{folder} 不是空文件夹。", folder=str(folder)))
    written = []
    for relative, text in _files(name, label, prefix).items():
        path = folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema_line(relative) + text, encoding="utf-8")
        written.append(path)
    write_schemas(folder)
    return written


def _files(name: str, label: str, prefix: str) -> dict[str, str]:
    entity = f"{prefix}item"
    return {
        "module.yaml": _MODULE.format(name=name, label=label, prefix=prefix),
        f"entities/{entity}.yaml": _ENTITY,
        f"data/{entity}.yaml": _DATA,
        "translations/zh-CN.yaml": _TRANSLATIONS.format(entity=entity),
        f"tests/{entity}.yaml": _TESTS.format(entity=entity),
        "README.md": _README.format(label=label, name=name, entity=entity),
    }


_MODULE = """\
name: {name}
version: 0.1.0
label: {label}
prefix: {prefix}
requires: {{core: "1.0.0"}}
"""
_ENTITY = """\
label: {en: Item, zh-CN: 条目}
plural: {en: Items, zh-CN: 条目}
icon: box
search: [name, code]

fields:
  name:   {type: text, required: true, max: 120, label: {en: Name, zh-CN: 名称}}
  code:   {type: text, unique: true, max: 40, label: {en: Code, zh-CN: 编码}}
  price:  {type: money, label: {en: Price, zh-CN: 价格}}

rules:
  price_not_negative:
    check: is_blank(price) or price >= 0
    message: {en: The price must not be negative., zh-CN: 价格不能为负数。}
    on: price

views:
  list:
    type: table
    label: {en: Items, zh-CN: 条目}
    columns: [name, code, price]
    sort: name

forms:
  main:
    label: {en: Item, zh-CN: 条目}
    sections:
      basics: {label: {en: Basics, zh-CN: 基本信息}, fields: [name, code, price]}

grants:
  employee: {read: all, create: true, update: all}
"""
_DATA = """\
key: code
rows:
  - {code: first, name: First item}
"""
_TRANSLATIONS = """\
entities.{entity}.help: 由该模块提供的条目
"""
_TESTS = """\
people:
  ann: {{roles: [employee]}}

tests:
  everybody_adds_items:
    as: ann
    when: {{create: {entity}, values: {{name: Second, code: second, price: 10}}}}
    then: {{values: {{price: 10, code: second}}}}
  a_price_is_not_negative:
    as: ann
    when: {{create: {entity}, values: {{name: Third, price: -1}}}}
    then: {{refused: {{error: invalid_input, at: price}}}}
"""
_README = """\
# {label}

A module. Install it with `tenon module add {name}`, look at what it would change with `tenon plan`,
and run its tests with `tenon check --tests`.

- `entities/{entity}.yaml`: one entity with a list, a form, a rule and a right for every employee.
- `data/{entity}.yaml`: reference data; what a company changed is never overwritten.
- `tests/{entity}.yaml`: what the module promises: given, when, as whom, then.
- `translations/zh-CN.yaml`: words in Chinese; labels may also be written beside the things.

When a new version moves records along, say so in `module.yaml`:

```yaml
upgrades:
  0.2.0:
    name_the_nameless:
      entity: {entity}
      where: is_blank(code)
      set: {{code: name}}
```
"""
