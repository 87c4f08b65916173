"""Two records of one person: merged by stated rules, and taken apart again (K1)."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from privflow.errors import DefinitionError, ProtocolError
from privflow.facts import (
    Consent,
    Contact,
    Identity,
    MergeGuard,
    Relation,
    TagGroup,
    merge,
)
from privflow.timing import Instant

T = [Instant(i) for i in range(30)]
NOW = T[12]
MASS = "wecom.mass"
TIER = TagGroup("tier", ["low", "mid", "top"], exclusive=True, ordered=True)
HOBBY = TagGroup("hobby", ["tea", "run"])
HEALTH = TagGroup("health", ["pregnant"], sensitive=True)


def holds(contact: Contact, at: int) -> set[str]:
    return {str(tag) for tag in contact.tags.at(T[at])}


def binding(
    contact: Contact, channel: str, now: Instant = NOW, enterprise: str = ""
) -> bool | None:
    found = contact.consents.latest(
        channel, purpose="marketing", now=now, enterprise=enterprise
    )
    return None if found is None else found.granted


# ── Rules ────────────────────────────────────────────────────────────────────

OLD = Contact(
    "c-1",
    identities=[Identity("phone", "1"), Identity("wecom.pending_id", "p", until=T[5])],
    relations=[Relation(staff="zhang", since=T[1], until=T[4], ended_by="contact")],
    attributes={"city": "上海", "age": 30},
    timezone="Asia/Shanghai",
)
NEW = Contact(
    "c-2",
    identities=[
        Identity("phone", "1", since=T[3]),
        Identity("wecom.pending_id", "p", until=T[9]),
        Identity("wechat.openid", "o", scope="shop"),
    ],
    relations=[Relation(staff="zhang", since=T[6]), Relation(staff="li", since=T[2])],
    attributes={"city": "北京", "born": date(1995, 1, 1)},
)


def test_the_older_one_survives_with_everything_of_both():
    """K1."""
    made = merge(OLD, NEW, now=NOW)
    assert made.result == Contact(
        "c-1",
        identities=[
            Identity("phone", "1"),
            Identity("wecom.pending_id", "p", until=T[9]),
            Identity("wechat.openid", "o", scope="shop"),
        ],
        relations=[
            Relation(staff="zhang", since=T[6]),
            Relation(staff="li", since=T[2]),
        ],
        attributes={"city": "北京", "age": 30, "born": date(1995, 1, 1)},
        timezone="Asia/Shanghai",
        absorbed=["c-2"],
    )


def test_who_is_fresh_decides_about_attributes():
    """K1: nothing else says which value is newer."""
    made = merge(OLD, NEW, now=NOW, fresh="older")
    assert made.result.attributes["city"] == "上海"
    [line] = [line for line in made.lines if line.name == "city"]
    assert (line.of, line.rule) == ("older", "the newest value wins")


def test_of_two_ended_relations_the_later_end_is_kept():
    """K1, K2."""
    ended = Relation(staff="zhang", since=T[2], until=T[9], ended_by="staff")
    made = merge(OLD, evolve(NEW, relations=(ended,)), now=NOW)
    assert made.result.relations == (ended,)


def test_tags_are_united_from_the_earliest_start_to_the_latest_end():
    """K1."""
    old = Contact("c-1").tagged(HOBBY["tea"], at=T[4], ttl="3us", source="import:a")
    new = Contact("c-2").tagged(HOBBY["tea"], at=T[2], ttl="3us", source="rule:b")
    [fact] = merge(old, new, now=NOW).result.tags.history
    assert (fact.since, fact.until, fact.source) == (T[2], T[7], "rule:b")
    apart = Contact("c-3").tagged(HOBBY["tea"], at=T[9], source="manual")
    assert len(merge(old, apart, now=NOW).result.tags.history) == 2


def test_a_label_of_an_exclusive_group_ends_where_the_next_begins():
    """K1, K3."""
    old = Contact("c-1").tagged(TIER["low"], at=T[1]).tagged(TIER["mid"], at=T[8])
    new = Contact("c-2").tagged(TIER["top"], at=T[5])
    result = merge(old, new, now=NOW).result
    found = [holds(result, at) for at in (0, 1, 5, 8, 20)]
    assert found == [set(), {"tier:low"}, {"tier:top"}, {"tier:mid"}, {"tier:mid"}]


def test_a_label_that_came_back_stays_however_long_the_other_record_has_it():
    """K1, K3: both say top by now, and so does their union."""
    old = Contact("c-1").tagged(TIER["top"], at=T[2]).tagged(TIER["low"], at=T[4])
    old = old.tagged(TIER["top"], at=T[6])
    new = Contact("c-2").tagged(TIER["top"], at=T[1])
    for one, other in ((old, new), (new, old)):
        made = merge(one, other, now=NOW)
        found = [holds(made.result, at) for at in (1, 3, 4, 5, 6, 20)]
        assert found == [
            {f"tier:{name}"} for name in ["top", "top", "low", "low", "top", "top"]
        ]
        ended, _ = made.undo(made.result.untagged(TIER["top"], at=T[15]))
        assert [holds(ended, at) for at in (14, 15)] == [{"tier:top"}, set()]


@pytest.mark.parametrize(("fresh", "wins"), [("older", "low"), ("newer", "top")])
def test_of_two_labels_of_one_instant_the_fresh_record_s_wins(fresh, wins):
    """K1."""
    old = Contact("c-1").tagged(TIER["low"], at=T[3])
    new = Contact("c-2").tagged(TIER["top"], at=T[3])
    assert holds(merge(old, new, now=NOW, fresh=fresh).result, 5) == {f"tier:{wins}"}


def agreeing(contact: Contact, channel: str, at: int) -> Contact:
    return contact.consenting(channel, purpose="marketing", at=T[at], evidence="form")


def refusing(contact: Contact, channel: str, at: int) -> Contact:
    return contact.refusing(channel, purpose="marketing", at=T[at])


@pytest.mark.parametrize(
    ("old", "new", "channel", "expected"),
    [
        # a newer consent of the other record does not beat a refusal
        (refusing(OLD, "sms", 3), agreeing(NEW, "sms", 8), "sms", False),
        (agreeing(OLD, "sms", 8), refusing(NEW, "sms", 3), "sms", False),
        # of the family, of a member of it, of all
        (
            refusing(OLD, "wecom", 3),
            agreeing(NEW, "wecom.mass", 8),
            "wecom.mass",
            False,
        ),
        (
            refusing(OLD, "wecom.mass", 3),
            agreeing(NEW, "wecom", 8),
            "wecom.mass",
            False,
        ),
        (refusing(OLD, "*", 3), agreeing(NEW, "push", 8), "push", False),
        # silence contradicts nothing
        (OLD, agreeing(NEW, "sms", 8), "sms", True),
        (refusing(OLD, "push", 3), agreeing(NEW, "sms", 8), "sms", True),
        # a refusal that was taken back in its own record is none
        (
            agreeing(refusing(OLD, "sms", 3), "sms", 5),
            agreeing(NEW, "sms", 4),
            "sms",
            True,
        ),
    ],
)
def test_the_strictest_declaration_counts(old, new, channel, expected):
    """K1, K4."""
    made = merge(old, new, now=NOW)
    assert binding(made.result, channel) is expected
    dropped = [line for line in made.lines if line.what == "consent"]
    assert bool(dropped) is (not expected)
    assert binding(agreeing(made.result, channel, 15), channel, T[15]) is True


def test_a_sensitive_tag_goes_with_a_consent_that_the_other_one_refused():
    """K4."""
    purpose = "sensitive:health"
    new = NEW.consenting("*", purpose=purpose, at=T[2], evidence="form")
    new = new.tagged(HEALTH["pregnant"], at=T[3])
    old = OLD.refusing("*", purpose=purpose, at=T[6])
    made = merge(old, new, now=NOW)
    assert made.result.tags.history == ()
    assert made.undo(made.result) == (old, new)


@pytest.mark.parametrize(
    ("refused", "agreed", "tagged", "is_kept"),
    [(2, 5, 6, False), (2, 5, 1, False), (7, 5, 6, False), (None, 5, 6, True)],
)
def test_no_sensitive_tag_stays_that_may_not_be_given(refused, agreed, tagged, is_kept):
    """K4: however late it began, its consent is gone with the other one's refusal."""
    purpose = "sensitive:health"
    new = NEW.consenting("*", purpose=purpose, at=T[0], evidence="form")
    new = new.consenting("*", purpose=purpose, at=T[agreed], evidence="form")
    new = new.tagged(HEALTH["pregnant"], at=T[tagged])
    old = OLD.refusing("*", purpose=purpose, at=T[refused]) if refused else OLD
    made = merge(old, new, now=NOW)
    assert made.result.may_hold(HEALTH["pregnant"], now=NOW) is is_kept
    assert (made.result.tags.history == new.tags.history) is is_kept
    assert bool(made.result.tags.history) is is_kept
    assert made.undo(made.result) == (old, new)


def test_what_was_agreed_to_for_a_time_is_refused_again_afterwards():
    """K1, K4: whose refusal binds again is not written to under the other name."""
    for_a_time = Consent(
        "sms", True, purpose="marketing", at=T[4], until=T[15], evidence="form"
    )
    old = refusing(OLD, "sms", 2).declaring(for_a_time)
    for until in (None, T[15], T[16]):
        own = Consent(
            "sms", True, purpose="marketing", at=T[8], until=until, evidence="page"
        )
        result = merge(old, NEW.declaring(own), now=NOW).result
        assert binding(result, "sms", T[13]) is True
        assert binding(result, "sms", T[15]) is False
        assert (own in result.consents.records) is (until == T[15])


# ── Guards ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "value",
    ["-1", "0", "000000", "0-0", " NULL ", "none", "Anonymous", "n/a", "--", "x@y.z"],
)
def test_what_is_nobody_s_id_joins_nobody(value):
    """K1."""
    guard = MergeGuard(blocked=["x@y.z"])
    one, other = (Contact(i, identities=[Identity("phone", value)]) for i in "ab")
    assert guard.blocks(value)
    assert guard.shared(one, other, now=NOW) == ()


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"blocked": "null"}, "MergeGuard.blocked"),
        ({"most": 0}, "MergeGuard.most"),
        ({"most": True}, "MergeGuard.most"),
        ({"most_of": {"phone": -1}}, "MergeGuard.most_of['phone']"),
    ],
)
def test_a_guard_that_means_nothing_is_refused(parts, field):
    """K1."""
    with pytest.raises(DefinitionError) as caught:
        MergeGuard(**parts)
    assert caught.value.message.startswith(f"{field}: got ")


def test_what_two_share_is_an_identity_of_one_scope_that_is_valid():
    """K1: an openid of another account, or a pending id that has run out, is none."""
    guard = MergeGuard()
    assert guard.shared(OLD, NEW, now=T[4]) == OLD.identities
    assert guard.shared(OLD, NEW, now=T[7]) == OLD.identities[:1]
    a, b = (
        Contact(s, identities=[Identity("wechat.openid", "o", scope=s)]) for s in "ab"
    )
    assert guard.shared(a, b, now=NOW) == ()


def test_nobody_has_ever_so_many_phones():
    """K1."""
    crowd = [Identity("phone", f"13{i}") for i in range(5)]
    many = Contact("c-9", identities=crowd)
    with pytest.raises(ProtocolError) as caught:
        merge(OLD, many, now=NOW)
    assert "'phone'" in caught.value.message
    merge(OLD, many, now=NOW, guard=MergeGuard(most=6))
    with pytest.raises(ProtocolError):
        merge(OLD, many, now=NOW, guard=MergeGuard(most=9, most_of={"phone": 5}))
    past = evolve(many, identities=[evolve(i, until=T[2]) for i in crowd])
    merge(OLD, past, now=NOW)


def test_nobody_is_merged_with_themselves_however_far_round():
    """K1."""
    three = Contact("c-3")
    both = merge(OLD, NEW, now=NOW).result
    all_three = merge(three, both, now=NOW).result
    assert all_three.absorbed == ("c-1", "c-2")
    pairs = [(OLD, OLD), (both, NEW), (NEW, both), (OLD, all_three), (all_three, both)]
    for one, other in pairs:
        with pytest.raises(ProtocolError) as caught:
            merge(one, other, now=NOW)
        assert "are one" in caught.value.message


# ── Explained ────────────────────────────────────────────────────────────────


def test_a_merge_says_what_it_decided():
    """K1."""
    old = refusing(OLD, "sms", 3).tagged(TIER["low"], at=T[1])
    new = agreeing(NEW, "sms", 5).tagged(TIER["top"], at=T[5])
    made = merge(old, new, now=NOW)
    said = {(line.what, line.name): line.of for line in made.lines}
    assert said == {
        ("attribute", "city"): "newer",
        ("attribute", "age"): "older",
        ("attribute", "born"): "newer",
        ("timezone", "timezone"): "older",
        ("identity", "wechat.openid o"): "newer",
        ("relation", "zhang"): "newer",
        ("relation", "li"): "newer",
        ("tag", "tier:low"): "both",
        ("tag", "tier:top"): "newer",
        ("consent", f"sms marketing {T[5]}"): "neither",
    }
    assert str(made).startswith("c-2 merged into c-1 at ")
    assert "<table" in made._repr_html_()
    assert format(made, "md").count("|")


def test_a_merge_says_which_tags_are_gone():
    """K1: of an exclusive group the fresh record's label counts, of a refusal none."""
    purpose = "sensitive:health"
    old = OLD.tagged(TIER["low"], at=T[1]).tagged(HOBBY["tea"], at=T[2])
    old = old.refusing("*", purpose=purpose, at=T[6])
    new = NEW.tagged(TIER["top"], at=T[1]).tagged(HOBBY["tea"], at=T[1])
    new = new.consenting("*", purpose=purpose, at=T[2], evidence="form")
    new = new.tagged(HEALTH["pregnant"], at=T[3])
    gone = [
        (line.name, line.rule)
        for line in merge(old, new, now=NOW).lines
        if line.what == "tag" and line.of == "neither"
    ]
    assert gone == [
        ("tier:low", "the fresh record has another label of its group"),
        ("health:pregnant", "the consent that it needs was refused"),
    ]


def test_hostile_names_are_escaped():
    evil = Contact("<script>", attributes={"<b>": "x"})
    assert "<script>" not in merge(evil, NEW, now=NOW)._repr_html_()


# ── Undone ───────────────────────────────────────────────────────────────────


def test_what_became_known_since_stays_with_the_survivor():
    """K1."""
    old = OLD.tagged(HOBBY["tea"], at=T[2]).tagged(TIER["low"], at=T[1])
    new = NEW.tagged(HOBBY["run"], at=T[3]).tagged(TIER["top"], at=T[5])
    made = merge(old, new, now=NOW)
    later = made.result.with_attributes({"city": "杭州", "age": None, "vip": True})
    later = later.untagged(HOBBY["tea"], at=T[15]).untagged(HOBBY["run"], at=T[15])
    later = later.tagged(TIER["mid"], at=T[16])
    later = evolve(
        later,
        identities=(*later.identities[:2], Identity("push.token", "t")),
        relations=(
            evolve(later.relations[0], until=T[14]),
            later.relations[1],
            Relation(staff="wang", since=T[14]),
        ),
        timezone="UTC",
    )
    again, other = made.undo(later)
    assert other == new
    assert again.absorbed == ()
    assert dict(again.attributes) == {"city": "杭州", "vip": True}
    assert again.timezone == "UTC"
    assert again.identities == (*OLD.identities, Identity("push.token", "t"))
    assert [r.staff for r in again.relations] == ["zhang", "wang"]
    found = [holds(again, at) for at in (1, 5, 14, 15, 16)]
    assert found == [
        {"tier:low"},
        {"tier:low", "hobby:tea"},
        {"tier:low", "hobby:tea"},
        {"tier:low"},
        {"tier:mid"},
    ]


def test_a_tag_that_was_replaced_at_once_keeps_its_place_in_the_history():
    """K1, K3."""
    old = OLD.tagged(TIER["low"], at=T[3]).tagged(TIER["mid"], at=T[3])
    made = merge(old, NEW, now=NOW)
    assert made.result.tags == old.tags
    later = made.result.tagged(TIER["top"], at=T[15])
    again, _ = made.undo(later)
    assert again.tags == old.tagged(TIER["top"], at=T[15]).tags


def test_a_tag_of_both_that_was_ended_since_ends_for_the_survivor():
    """K1."""
    old = OLD.tagged(HOBBY["tea"], at=T[14])
    new = NEW.tagged(HOBBY["tea"], at=T[3])
    made = merge(old, new, now=NOW)
    again, _ = made.undo(made.result.untagged(HOBBY["tea"], at=T[13]))
    assert again.tags.at(T[16]) == frozenset()


def test_a_refusal_since_then_binds_both_a_consent_the_survivor():
    """K1, K4: nobody knows whose it was."""
    made = merge(OLD, NEW, now=NOW)
    later = agreeing(refusing(made.result, "sms", 14), "push", 14)
    old, new = made.undo(later)
    assert binding(old, "sms", T[20]) is False
    assert binding(new, "sms", T[20]) is False
    assert binding(old, "push", T[20]) is True
    assert binding(new, "push", T[20]) is None


def test_a_merge_is_undone_once_and_on_its_own_survivor():
    """K1."""
    made = merge(OLD, NEW, now=NOW)
    old, new = made.undo(made.result)
    for contact in (old, new, Contact("c-9")):
        with pytest.raises(ProtocolError) as caught:
            made.undo(contact)
        assert "once" in caught.value.hint
    again = merge(old, new, now=T[15])
    assert again.result == made.result


def test_merges_are_undone_in_any_order():
    """K1."""
    third = Contact("c-3", attributes={"x": 1}).tagged(HOBBY["run"], at=T[1])
    first = merge(OLD, NEW, now=NOW)
    second = merge(first.result, third, now=T[13])
    without_new, new = first.undo(second.result)
    assert new == NEW
    assert without_new == merge(OLD, third, now=T[13]).result
    assert second.undo(without_new) == (OLD, third)


# ── Laws ─────────────────────────────────────────────────────────────────────

TAGS = [*TIER, *HOBBY]
lives = st.lists(
    st.tuples(st.sampled_from(TAGS), st.integers(0, 10), st.none() | st.integers(1, 8)),
    max_size=5,
)
declarations = st.lists(
    st.tuples(
        st.sampled_from(["sms", "wecom", "wecom.mass", "*"]),
        st.booleans(),
        st.integers(0, 10),
        st.none() | st.integers(1, 12),
        st.sampled_from(["", "shop"]),
    ),
    max_size=4,
)


@st.composite
def people(draw: st.DrawFn, contact_id: str) -> Contact:
    contact = Contact(
        contact_id,
        identities=[
            Identity(*pair)
            for pair in draw(
                st.sets(st.tuples(st.sampled_from("ab"), st.sampled_from("12")))
            )
        ],
        relations=[
            Relation(staff=staff, since=T[2])
            for staff in draw(st.sets(st.sampled_from("xy")))
        ],
        attributes=draw(st.dictionaries(st.sampled_from("pqr"), st.integers(0, 2))),
        timezone=draw(st.sampled_from([None, "UTC", "Asia/Shanghai"])),
    )
    for tag, at, ttl in sorted(draw(lives), key=lambda life: life[1]):
        contact = contact.tagged(tag, at=T[at], ttl=f"{ttl}us" if ttl else None)
    for channel, yes, at, life, enterprise in draw(declarations):
        record = Consent(
            channel,
            yes,
            purpose="marketing",
            at=T[at],
            until=T[at + life] if yes and life else None,
            evidence="e" if yes else "",
            enterprise=enterprise,
        )
        contact = contact.declaring(record)
    return contact


sides = st.sampled_from(["older", "newer"])


@settings(max_examples=60)
@given(people("c-1"), people("c-2"), sides)
def test_undoing_a_merge_at_once_gives_both_back(old, new, fresh):
    """K1."""
    made = merge(old, new, now=NOW, fresh=fresh)
    assert made.undo(made.result) == (old, new)


@settings(max_examples=60)
@given(people("c-1"), people("c-2"), sides)
def test_a_merge_obeys_its_rules(old, new, fresh):
    """K1, K3, K4."""
    result = merge(old, new, now=NOW, fresh=fresh).result
    for at in range(25):
        held = result.tags.at(T[at])
        either = old.tags.at(T[at]) | new.tags.at(T[at])
        assert held <= either
        assert {t for t in held if not t.exclusive} == {
            t for t in either if not t.exclusive
        }
        assert sum(tag.exclusive for tag in held) <= 1
        assert held >= old.tags.at(T[at]) & new.tags.at(T[at])
    assert {(i.namespace, i.value) for i in result.identities} == {
        (i.namespace, i.value) for i in (*old.identities, *new.identities)
    }
    assert result.attributes.keys() == old.attributes.keys() | new.attributes.keys()


@settings(max_examples=150)
@given(people("c-1"), people("c-2"))
def test_nobody_is_written_to_who_was_not_to_be_under_either_name(old, new):
    """K1, K4: at no instant from the merge on, while nothing new is declared."""
    result = merge(old, new, now=NOW).result
    for now in T[NOW.us :]:
        for channel in ("sms", "wecom.mass", "wecom.message", "push"):
            for enterprise in ("", "shop"):
                said = [
                    binding(one, channel, now, enterprise) for one in (old, new, result)
                ]
                if False in said[:2]:
                    assert said[2] is False
                elif said[2]:
                    assert True in said[:2]


@settings(max_examples=60)
@given(people("c-1"))
def test_merging_with_somebody_unknown_changes_nothing_but_the_name(old):
    """K1."""
    result = merge(old, Contact("c-2"), now=NOW, fresh="older").result
    assert evolve(result, absorbed=()) == old
    twin = evolve(old, id="c-2")
    result = merge(old, twin, now=NOW).result
    assert result.tags.at(T[5]) == old.tags.at(T[5])
    assert result.identities == old.identities
