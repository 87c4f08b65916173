"""The tests of `conditions.py` in the languages of other engines.

Every engine is asked about the same plain dicts, which hold what the test reads and no
more, in the way that its own documentation calls fast: an expression is compiled once,
and values are converted beforehand where a library offers to. CEL has no sum, so that
the host's own function adds up. JsonLogic sees no outer name within a list, so that
`now` is written into its rules. Experta does not start on Python 3.10 and later.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from typing import Any

from measure import is_installed
from people import DAY, NOW

Plain = dict[str, Any]
Test = Callable[[Any], bool]
MONTH, WEEK = 30 * DAY, 7 * DAY
CITIES, TIERS = ["上海", "北京", "深圳"], ["fond", "devoted"]
INTERESTS = ["skincare", "makeup"]

_SIMPLE = ("city", "age")
_MEDIUM = (*_SIMPLE, "source", "score", "subscribed", "fan_tier", "interest", "now")
READS = {
    "simple": _SIMPLE,
    "medium": _MEDIUM,
    "hard": (*_MEDIUM, "purchase", "complaint"),
}
"""What an engine is told of a person: no more than the test asks about."""

RULE_ENGINE = {"simple": "city == '上海' and age >= 30"}
RULE_ENGINE["medium"] = f"""
    city in {CITIES} and age >= 25 and age < 60
    and (source == 'qr' or score > 0.3) and subscribed == true
    and $any([t.label in {TIERS}
              for t in fan_tier if t.since <= now and now < t.until])
    and $any([t.label in {INTERESTS}
              for t in interest if t.since <= now and now < t.until])
"""
RULE_ENGINE["hard"] = f"""{RULE_ENGINE["medium"]}
    and [p for p in purchase if p.at > now - {MONTH} and p.at <= now].length >= 2
    and $sum([p.amount for p in purchase
              if p.at > now - {MONTH} and p.at <= now]) >= 500
    and [c for c in complaint if c.at > now - {WEEK} and c.at <= now].length == 0
"""

PYTHON = {"simple": "city == '上海' and age >= 30"}
PYTHON["medium"] = f"""(
    city in {CITIES} and age >= 25 and age < 60
    and (source == 'qr' or score > 0.3) and subscribed == True
    and any([t['label'] in {TIERS}
             for t in fan_tier if t['since'] <= now and now < t['until']])
    and any([t['label'] in {INTERESTS}
             for t in interest if t['since'] <= now and now < t['until']])
)"""
PYTHON["hard"] = f"""(
    {PYTHON["medium"]}
    and len([p for p in purchase if now - {MONTH} < p['at'] <= now]) >= 2
    and sum([p['amount'] for p in purchase if now - {MONTH} < p['at'] <= now]) >= 500
    and len([c for c in complaint if now - {WEEK} < c['at'] <= now]) == 0
)"""

ZEN = {"simple": "city == '上海' and age >= 30"}
ZEN["medium"] = f"""
    city in {CITIES} and age >= 25 and age < 60
    and (source == 'qr' or score > 0.3) and subscribed == true
    and some(fan_tier, #.label in {TIERS} and #.since <= now and now < #.until)
    and some(interest, #.label in {INTERESTS} and #.since <= now and now < #.until)
"""
ZEN["hard"] = f"""{ZEN["medium"]}
    and count(purchase, #.at > now - {MONTH} and #.at <= now) >= 2
    and sum(map(filter(purchase, #.at > now - {MONTH} and #.at <= now),
                #.amount)) >= 500
    and none(complaint, #.at > now - {WEEK} and #.at <= now)
"""

CEL = {"simple": "city == '上海' && age >= 30"}
CEL["medium"] = f"""
    city in {CITIES} && age >= 25 && age < 60
    && (source == 'qr' || score > 0.3) && subscribed == true
    && fan_tier.exists(t, t.label in {TIERS} && t.since <= now && now < t.until)
    && interest.exists(t, t.label in {INTERESTS} && t.since <= now && now < t.until)
"""
CEL["hard"] = f"""{CEL["medium"]}
    && purchase.filter(p, p.at > now - {MONTH} && p.at <= now).size() >= 2
    && total(purchase.filter(p, p.at > now - {MONTH} && p.at <= now)
             .map(p, p.amount)) >= 500
    && !complaint.exists(c, c.at > now - {WEEK} && c.at <= now)
"""


def _var(name: str) -> Plain:
    return {"var": name}


def _held(group: str, labels: list[str]) -> Plain:
    now = NOW.us
    label = {"in": [_var("label"), labels]}
    begun, lasting = {"<=": [_var("since"), now]}, {"<": [now, _var("until")]}
    return {"some": [_var(group), {"and": [label, begun, lasting]}]}


def _recent(name: str, length: int) -> Plain:
    now = NOW.us
    young, past = {">": [_var("at"), now - length]}, {"<=": [_var("at"), now]}
    return {"filter": [_var(name), {"and": [young, past]}]}


_ADDING = {"+": [_var("current.amount"), _var("accumulator")]}
_ONE = {"+": [1, _var("accumulator")]}
_IS_CITY = {"==": [_var("city"), "上海"]}
_ALL_OF_MEDIUM = [
    {"in": [_var("city"), CITIES]},
    {">=": [_var("age"), 25]},
    {"<": [_var("age"), 60]},
    {"or": [{"==": [_var("source"), "qr"]}, {">": [_var("score"), 0.3]}]},
    {"==": [_var("subscribed"), True]},
    _held("fan_tier", TIERS),
    _held("interest", INTERESTS),
]
_ALL_OF_HARD = [
    *_ALL_OF_MEDIUM,
    {">=": [{"reduce": [_recent("purchase", MONTH), _ONE, 0]}, 2]},
    {">=": [{"reduce": [_recent("purchase", MONTH), _ADDING, 0]}, 500]},
    {"==": [{"reduce": [_recent("complaint", WEEK), _ONE, 0]}, 0]},
]
JSON_LOGIC: dict[str, Plain] = {
    "simple": {"and": [_IS_CITY, {">=": [_var("age"), 30]}]},
    "medium": {"and": _ALL_OF_MEDIUM},
    "hard": {"and": _ALL_OF_HARD},
}


# ── The engines ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Peer:
    """Another engine, if it is installed.

    Args:
        share: it judges every so many-th person; the slow ones fewer.
        made: the test for a task; None where it cannot say it.
        prepare: what becomes of a person before time is taken.
    """

    name: str
    distribution: str
    module: str
    share: int
    made: Callable[[str], Test | None]
    prepare: Callable[[Plain], Any] = lambda plain: plain

    @property
    def is_here(self) -> bool:
        """Whether it can be measured."""
        return is_installed(self.module)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _evalidate(task: str) -> Any:  # noqa: ANN401 - a peer without types
    evalidate = import_module("evalidate")
    model = evalidate.base_eval_model.clone()
    model.nodes += ["ListComp", "comprehension", "Store", "List", "Call"]
    model.allowed_functions += ["any", "len", "sum"]
    return evalidate.Expr(_one_line(PYTHON[task]), model=model)


def _evalidate_code(task: str) -> Test:
    code = _evalidate(task).code
    return lambda person: eval(code, person)  # noqa: S307 - what the library is for


def _rule_engine(task: str) -> Test:
    rule: Any = import_module("rule_engine").Rule(_one_line(RULE_ENGINE[task]))
    return rule.matches  # type: ignore[no-any-return]


def _zen(task: str) -> Test:
    """A decision of one rule, as the engine runs it: what comes in, the rule, out."""
    rule = {"id": "fits", "key": "fits", "value": _one_line(ZEN[task])}
    kinds = {"in": "inputNode", "rule": "expressionNode", "out": "outputNode"}
    nodes = [
        {"id": name, "name": name, "type": kind, "content": {"expressions": [rule]}}
        for name, kind in kinds.items()
    ]
    edges = [
        {"id": before, "sourceId": before, "targetId": after}
        for before, after in pairwise(kinds)
    ]
    graph = json.dumps({"nodes": nodes, "edges": edges})
    decision: Any = import_module("zen").ZenEngine().create_decision(graph)
    return lambda person: bool(decision.evaluate(person)["result"]["fits"])


def _zen_expression(task: str) -> Test:
    expression: Any = import_module("zen").compile_expression(_one_line(ZEN[task]))
    return expression.evaluate  # type: ignore[no-any-return]


def _cel_in_rust(task: str) -> Test:
    cel: Any = import_module("cel")
    program = cel.compile(_one_line(CEL[task]))

    def judge(person: Plain) -> bool:
        context = cel.Context(functions={"total": sum})
        context.set_variable_resolver(person.get)
        return bool(program.execute(context))

    return judge


def _cel_in_cpp(task: str) -> Test:
    cel: Any = import_module("cel_expr_python.cel")
    kind, listed = cel.Type, cel.Type.List(cel.Type.DYN)
    names = {
        "city": kind.STRING,
        "source": kind.STRING,
        "age": kind.INT,
        "now": kind.INT,
        "score": kind.DOUBLE,
        "subscribed": kind.BOOL,
        **dict.fromkeys(("fan_tier", "interest", "purchase", "complaint"), listed),
    }
    total = cel.Overload("total", kind.INT, [listed], is_member=False, impl=sum)
    declared = cel.FunctionDecl("total", [total])
    env = cel.NewEnv(variables=names, functions=[declared])
    expression = env.compile(_one_line(CEL[task]))
    return lambda person: bool(expression.eval(data=person).value())


def _cel_in_python(task: str) -> Test:
    cel: Any = import_module("celpy")
    env = cel.Environment()
    tree = env.compile(_one_line(CEL[task]))
    functions = {"total": lambda amounts: cel.celtypes.IntType(sum(amounts))}
    program = env.program(tree, functions=functions)
    return lambda person: bool(program.evaluate(person))


def _as_cel(plain: Plain) -> Any:  # noqa: ANN401 - a peer without types
    return import_module("celpy").json_to_cel(plain)


def _json_logic(task: str) -> Test:
    judge, rule = import_module("json_logic").jsonLogic, JSON_LOGIC[task]
    return lambda person: bool(judge(rule, person))


def _business_rules(task: str) -> Test | None:
    """Fields of one record alone: no lists of records, so no tags nor windows."""
    if task != "simple":
        return None
    variables: Any = import_module("business_rules.variables")
    string, numeric = variables.string_rule_variable, variables.numeric_rule_variable

    class Person(variables.BaseVariables):  # type: ignore[misc]
        def __init__(self, plain: Plain) -> None:
            self.plain = plain

        @string()
        def city(self) -> str:
            return str(self.plain["city"])

        @numeric()
        def age(self) -> int:
            return int(self.plain["age"])

    is_city = {"name": "city", "operator": "equal_to", "value": "上海"}
    is_old = {"name": "age", "operator": "greater_than_or_equal_to", "value": 30}
    both = {"all": [is_city, is_old]}
    check = import_module("business_rules.engine").check_conditions_recursively
    return lambda person: bool(check(both, Person(person)))


def _clips(task: str) -> Test | None:
    """A fact that comes, fires a rule and goes; no arithmetic over many facts."""
    if task != "simple":
        return None
    clips: Any = import_module("clips")
    environment, found = clips.Environment(), []
    environment.define_function(lambda: found.append(True), "found")
    environment.build("(deftemplate person (slot city) (slot age))")
    pattern = '(person (city "上海") (age ?a&:(>= ?a 30)))'
    environment.build(f"(defrule simple {pattern} => (found))")
    person_of = environment.find_template("person").assert_fact

    def judge(person: Plain) -> bool:
        found.clear()
        fact = person_of(city=person["city"], age=person["age"])
        environment.run()
        fact.retract()
        return bool(found)

    return judge


def _durable_rules(task: str) -> Test | None:
    """A message that fires a rule or does not; a network of its own for each."""
    if task != "simple":
        return None
    lang: Any = import_module("durable.lang")
    unhandled = import_module("durable.engine").MessageNotHandledException
    found: list[bool] = []
    with lang.ruleset("simple"):

        @lang.when_all((lang.m.city == "上海") & (lang.m.age >= 30))
        def fits(_: object) -> None:
            found.append(True)

    def judge(person: Plain) -> bool:
        found.clear()
        with suppress(unhandled):
            lang.post("simple", {"city": person["city"], "age": person["age"]})
        return bool(found)

    return judge


PEERS = (
    Peer("evalidate", "evalidate", "evalidate", 1, lambda task: _evalidate(task).eval),
    Peer(
        "evalidate, its code alone", "evalidate", "evalidate", 1, _evalidate_code, dict
    ),
    Peer("zen-engine, in Rust", "zen-engine", "zen", 100, _zen),
    Peer("zen-engine, an expression", "zen-engine", "zen", 10, _zen_expression),
    Peer("CEL, in Rust", "common-expression-language", "cel", 10, _cel_in_rust),
    Peer("CEL, in C++", "cel-expr-python", "cel_expr_python", 10, _cel_in_cpp),
    Peer("CEL, in Python", "cel-python", "celpy", 100, _cel_in_python, _as_cel),
    Peer("JsonLogic", "panzi-json-logic", "json_logic", 100, _json_logic),
    Peer("rule-engine", "rule-engine", "rule_engine", 100, _rule_engine),
    Peer("business-rules", "business-rules", "business_rules", 10, _business_rules),
    Peer("CLIPS, in C", "clipspy", "clips", 10, _clips),
    Peer("durable_rules, in C", "durable_rules", "durable", 10, _durable_rules),
)
"""In the order of the tables; what is not installed is left out."""
