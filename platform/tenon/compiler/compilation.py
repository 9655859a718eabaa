"""In charge of the way from files to a Model: the list of passes, and nothing else."""

from dataclasses import dataclass

from tenon.compiler import naming
from tenon.compiler.approvals import resolve_approvals
from tenon.compiler.assignments import resolve_assignments
from tenon.compiler.automations import resolve_automations
from tenon.compiler.calendars import resolve_calendars
from tenon.compiler.choices import resolve_choices
from tenon.compiler.collecting import while_making
from tenon.compiler.computed import resolve_computed
from tenon.compiler.connectors import resolve_connectors
from tenon.compiler.courses import resolve_courses
from tenon.compiler.cycles import check_cycles
from tenon.compiler.dashboards import resolve_dashboards
from tenon.compiler.data import resolve_data
from tenon.compiler.digests import digest_of
from tenon.compiler.entities import draft_entities, finish_entities
from tenon.compiler.fields import check_targets, resolve_fields
from tenon.compiler.folding import fold
from tenon.compiler.layering import read_files
from tenon.compiler.modules import check_modules, resolve_modules, resolve_workspace
from tenon.compiler.navigation import resolve_navigation
from tenon.compiler.nodes import Node
from tenon.compiler.origins import Origins
from tenon.compiler.overrides import check_overrides
from tenon.compiler.pools import resolve_pools
from tenon.compiler.regions import resolve_regions
from tenon.compiler.relationships import resolve_relationships
from tenon.compiler.reports import resolve_reports
from tenon.compiler.roles import resolve_roles
from tenon.compiler.scores import resolve_scores
from tenon.compiler.segments import resolve_segments
from tenon.compiler.shape import check_shape
from tenon.compiler.sharing import shared
from tenon.compiler.sleeping import awake
from tenon.compiler.sources import Sources
from tenon.compiler.targets import resolve_targets
from tenon.compiler.templates import resolve_templates
from tenon.compiler.tours import resolve_tours
from tenon.compiler.trials import resolve_trials
from tenon.compiler.webforms import resolve_webforms
from tenon.compiler.words import check_languages, check_words, gather_words, page_words
from tenon.compiler.work import Work
from tenon.model import Model, Names
from tenon.problems import Problem, Problems


@dataclass(frozen=True, kw_only=True)
class Compilation:
    """`model` is None when there are errors; `problems` stand in the order of files and lines.

    `drawn` is what could be made in spite of the errors, for `standing` alone to judge what of it may be used.
    """

    model: Model | None
    problems: tuple[Problem, ...]
    drawn: Model | None = None


@while_making()
def check(sources: Sources) -> Compilation:
    """Every problem of the sources, and the model when there is none worse than a warning."""
    problems = Problems()
    tree = _tree(sources, problems)
    if tree is None:
        return Compilation(model=None, problems=tuple(problems))
    model = _model(tree, sources, problems)
    return Compilation(model=None if problems else model, problems=tuple(problems), drawn=model)


def _tree(sources: Sources, problems: Problems) -> Node | None:
    """None when a file cannot be read: what refers to its content would only be reported as missing."""
    layers = read_files(sources, problems)
    tree = shared(fold(awake(layers.files).values(), problems, adjustments=sources.adjustments))
    naming.check_prefixes(tree, sources.local, problems)
    check_overrides(tree, problems)
    checked = check_shape(tree, problems)
    return checked if layers.complete else None


def _model(tree: Node, sources: Sources, problems: Problems) -> Model:
    words = gather_words(tree)
    work = Work(tree=tree, problems=problems, local=sources.local, words=words)
    check_modules(work, sources)
    workspace = resolve_workspace(work)
    resolve_choices(work)
    draft_entities(work)
    resolve_fields(work)
    check_targets(work)
    resolve_relationships(work)
    naming.check_names(work)
    resolve_computed(work)
    entities = finish_entities(work)
    check_cycles(work, entities)
    targets = resolve_targets(work, entities)
    model = Model(
        digest=digest_of(tree),
        workspace=workspace,
        modules=Names(resolve_modules(work), kind="module"),
        entities=Names(entities, kind="entity"),
        choices=Names(work.choices, kind="option set"),
        roles=Names(resolve_roles(work, entities), kind="role"),
        navigation=Names(resolve_navigation(work, entities), kind="navigation group"),
        regions=resolve_regions(work),
        data=resolve_data(work),
        approvals=Names(resolve_approvals(work), kind="approval"),
        automations=Names(resolve_automations(work), kind="automation"),
        pools=Names(resolve_pools(work), kind="pool"),
        assignments=Names(resolve_assignments(work), kind="assignment rule"),
        calendars=Names(resolve_calendars(work), kind="calendar"),
        segments=Names(resolve_segments(work), kind="segment"),
        targets=Names(targets, kind="target"),
        dashboards=Names(resolve_dashboards(work, entities, targets), kind="dashboard"),
        reports=Names(resolve_reports(work, entities), kind="report"),
        scores=Names(resolve_scores(work), kind="score"),
        templates=Names(resolve_templates(work), kind="template"),
        webforms=Names(resolve_webforms(work, entities), kind="webform"),
        connectors=Names(resolve_connectors(work, entities), kind="connector"),
        tours=Names(resolve_tours(work, entities), kind="tour"),
        courses=Names(resolve_courses(work), kind="course"),
        tests=Names(resolve_trials(work), kind="test"),
        translations=page_words(words),
        wordings=words,
        origins=Origins(tree, sources.author_of),
    )
    check_words(work)
    check_languages(work)
    work.close()
    return model
