"""In charge of the words for kinds of use, in the singular and counted."""

from tenon.texts import Text, say

_WORDS: dict[str, tuple[str, str, str]] = {
    "view": ("view", "views", "视图"),
    "form": ("form", "forms", "表单"),
    "rule": ("rule", "rules", "规则"),
    "formula": ("formula", "formulas", "公式"),
    "rollup": ("roll-up", "roll-ups", "汇总"),
    "condition": ("condition", "conditions", "条件"),
    "default": ("default", "defaults", "默认值"),
    "filter": ("filter", "filters", "筛选"),
    "stage": ("stage", "stages", "阶段"),
    "pipeline": ("pipeline", "pipelines", "流程"),
    "role": ("role", "roles", "角色"),
    "relationship": ("relationship", "relationships", "关系"),
    "unique": ("uniqueness", "uniquenesses", "唯一约束"),
    "title": ("title", "titles", "标题"),
    "search": ("search", "searches", "搜索"),
    "owner": ("owner", "owners", "负责人"),
    "region": ("region", "regions", "区域"),
    "hierarchy": ("hierarchy", "hierarchies", "层级"),
    "navigation": ("navigation", "navigations", "导航"),
    "data": ("data set", "data sets", "数据"),
    "import": ("import mapping", "import mappings", "导入映射"),
    "translation": ("translation", "translations", "翻译"),
    "lookup": ("look-up", "look-ups", "关联"),
    "choice": ("choice", "choices", "选项字段"),
    "multi_choice": ("multi-choice", "multi-choices", "多选字段"),
    "module": ("module", "modules", "模块"),
    "home": ("home page", "home pages", "首页"),
    "approval": ("approval", "approvals", "审批"),
    "automation": ("automation", "automations", "自动化"),
    "pool": ("pool", "pools", "公海"),
    "assignment": ("assignment", "assignments", "分配规则"),
    "dashboard": ("dashboard", "dashboards", "仪表板"),
    "report": ("report", "reports", "报表"),
    "score": ("score", "scores", "评分"),
    "target": ("target", "targets", "目标"),
    "template": ("template", "templates", "模板"),
    "webform": ("web form", "web forms", "网页表单"),
    "connector": ("connector", "connectors", "连接器"),
    "tour": ("tour", "tours", "导览"),
    "course": ("course", "courses", "课程"),
    "segment": ("segment", "segments", "客户分组"),
}


def kind_word(kind: str) -> Text:
    """A kind without a word of its own is told by its name."""
    one, _many, chinese = _WORDS.get(kind, (kind.replace("_", " "), "", kind))
    return say(one, chinese)


def counted(kind: str, count: int) -> Text:
    """“2 views”, “2 个视图”."""
    one, many, chinese = _WORDS.get(kind, (kind.replace("_", " "), f"{kind.replace('_', ' ')}s", kind))
    return say("{count} {word}", "{count} 个{chinese}", count=count, word=one if count == 1 else many, chinese=chinese)
