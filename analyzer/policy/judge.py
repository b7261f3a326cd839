"""The judge: what each rule says of everything that a report holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from analyzer.countries import in_country
from analyzer.model import SEVERITIES, Outcome, Verdict
from analyzer.policy.condition import Ask, Facts, Subject, asked, is_handed_out
from analyzer.policy.rule import Clause, Rule, Together
from analyzer.policy.subject import subjects_of
from analyzer.policy.truth import Truth
from analyzer.policy.waiver import Waiver, Waivers
from analyzer.policy.wording import filled, labels_of, missing_words, names_listed
from analyzer.reported import Group, Report
from analyzer.taxonomy import Taxonomy

_ORDER: tuple[Outcome, ...] = ("indication", "unknown", "allowed")

NAME_ONLY = "whether fields with such a name hold such data"

type Asked = Sequence[tuple[Clause, tuple[Ask, ...]]]


class _Found(NamedTuple):
    """A subject that a clause holds of, and the waiver of it that has expired, in words."""

    subject: Subject
    clause: Clause
    expired: str = ""


def judge(
    report: Report, rules: Iterable[Rule], taxonomy: Taxonomy, waivers: Sequence[Waiver], today: date
) -> tuple[Verdict, ...]:
    """What the rules say: indications first, then what could not be judged, then what is allowed, the gravest first.

    One verdict for a rule and a recipient, and one more where a waiver holds of a part of it; where something is not
    known, one for the rule and all recipients that this is so of. What only a field's name shows never gives an
    indication. The order of rules, waivers and groups makes no difference. Waivers expire after `today`. Never raises.
    """
    facts = Facts(report, taxonomy)
    subjects = tuple(subjects_of(report))
    set_aside = Waivers(waivers, taxonomy, today)
    verdicts = [verdict for rule in rules for verdict in _judged(rule, subjects, facts, set_aside)]
    names = {recipient.id: recipient.name for recipient in report.recipients}
    verdicts.sort(
        key=lambda each: (
            _ORDER.index(each.outcome),
            each.waived is not None,
            -SEVERITIES.index(each.severity),
            each.rule,
            names.get(each.recipient or "", ""),
            each.recipient or "",
            each.message,
        )
    )
    return tuple(verdicts)


def _judged(rule: Rule, subjects: Iterable[Subject], facts: Facts, waivers: Waivers) -> Iterator[Verdict]:
    when, unless = _asked(rule.when), _asked(rule.unless)
    about_shared = any(clause.shared for clause in rule.when)
    indicated: dict[tuple[str, str | None], list[_Found]] = {}
    allowed: dict[str, list[_Found]] = {}
    unknown: list[Subject] = []
    missing: set[tuple[str, str]] = set()
    for subject in subjects:
        if not subject.is_recognised and not about_shared:
            continue
        is_so, not_known, clause = answer(when, subject, facts)
        if is_so is False:
            continue
        if subject.group.evidence == "key":
            is_so, not_known = None, [*not_known, (NAME_ONLY, "")]
        is_allowed, also_not_known, _ = answer(unless, subject, facts)
        to = subject.recipient.id
        if is_so and is_allowed:
            allowed.setdefault(to, []).append(_Found(subject, clause))
        elif is_so and is_allowed is False:
            valid, expired = waivers.of(rule.id, subject)
            waived = valid.words() if valid else None
            found = _Found(subject, clause, expired.words() if expired else "")
            indicated.setdefault((to, waived), []).append(found)
        elif not is_allowed:
            unknown.append(subject)
            missing.update(not_known, also_not_known)
    for (to, waived), together in indicated.items():
        yield _verdict(rule, "indication", together, facts, to, waived)
    for to, together in allowed.items():
        if not any(who == to for who, _ in indicated):
            yield _verdict(rule, "allowed", together, facts, to)
    if unknown:
        yield _not_judged(rule, unknown, missing)


def _asked(clauses: Iterable[Clause]) -> Asked:
    return [(clause, asked(clause)) for clause in clauses]


def answer(clauses: Asked, subject: Subject, facts: Facts) -> tuple[Truth, Sequence[tuple[str, str]], Clause]:
    """Whether all conditions of one clause hold, what is missing where that is not known, and the clause that does.

    As `any_of` and `all_of` would say it, but without asking for more than settles it.
    """
    missing: list[tuple[str, str]] = []
    for clause, conditions in clauses:
        lacking: list[tuple[str, str]] = []
        for ask in conditions:
            said = ask(clause, subject, facts)
            if said.truth is False:
                break
            if said.truth is None:
                lacking.append((said.question, said.about))
        else:
            if not lacking:
                return True, (), clause
            missing += lacking
    return None if missing else False, missing, Clause()


def _verdict(
    rule: Rule,
    outcome: Outcome,
    found: Sequence[_Found],
    facts: Facts,
    recipient: str,
    waived: str | None = None,
) -> Verdict:
    companions = _companions(found, facts)
    message = filled(rule.message, _parts(found, companions, facts.countries))
    message += "".join(f" A waiver has expired: {words}." for words in sorted({each.expired for each in found} - {""}))
    if outcome == "allowed":
        message += " The rule allows it here."
    groups = [each.subject.group for each in found] + companions
    return _made(rule, outcome, message, groups, recipient, waived)


def _companions(found: Sequence[_Found], facts: Facts) -> list[Group]:
    """What else went the same way, where the rule asks for that; each once."""
    of: dict[Together, list[Group]] = {}
    for each in found:
        if each.clause.together:
            of.setdefault(each.clause.together, []).append(each.subject.group)
    recipient = found[0].subject.recipient
    companions = (
        group
        for together, groups in of.items()
        for group in facts.companions(recipient, together.data_type).of(groups, together.within)
    )
    return list({group.id: group for group in companions}.values())


def _not_judged(rule: Rule, subjects: Sequence[Subject], missing: Iterable[tuple[str, str]]) -> Verdict:
    labels = labels_of([(subject.group.sensitivity, subject.group.label) for subject in subjects])
    names = names_listed(sorted({subject.recipient.name for subject in subjects}), "other recipients")
    message = f"{labels[:1].upper()}{labels[1:]}, sent to {names}: not judged, for it is not known "
    return _made(rule, "unknown", f"{message}{missing_words(missing)}.", [subject.group for subject in subjects], None)


def _made(
    rule: Rule,
    outcome: Outcome,
    message: str,
    groups: Iterable[Group],
    recipient: str | None,
    waived: str | None = None,
) -> Verdict:
    distinct = {group.id or f"{group.host} {group.path}": group for group in groups}
    ordered = [distinct[name] for name in sorted(distinct, key=lambda name: (len(name), name))]
    return Verdict(
        rule=rule.id,
        outcome=outcome,
        severity=rule.severity,
        message=message,
        transmissions=tuple(sorted({position for group in ordered for position in group.transmissions})),
        title=rule.title,
        groups=tuple(group.id for group in ordered if group.id),
        recipient=recipient,
        count=sum(group.count for group in ordered),
        cannot_show=rule.cannot_show,
        references=tuple(f"{each.document}{f', {each.date}' if each.date else ''}" for each in rule.references),
        status=rule.status,
        verified_on=rule.verified_on,
        waived=waived,
    )


def _parts(found: Sequence[_Found], companions: Sequence[Group], countries: Mapping[str, str]) -> dict[str, str]:
    subjects = [each.subject for each in found]
    to = subjects[0].recipient
    phases = sorted({subject.group.phase for subject in subjects if subject.group.phase})
    assigners = {
        shared.assigner.name
        for subject in subjects
        for shared in subject.shared
        if shared.assigner and is_handed_out(shared, to)
    }
    return {
        "labels": labels_of([(subject.group.sensitivity, subject.group.label) for subject in subjects]),
        "recipient": to.name,
        "host": names_listed(sorted({subject.group.host for subject in subjects}), "other hosts"),
        "server": names_listed(sorted(_server(subject, countries) for subject in subjects)),
        "seat": in_country(to.owner_country, countries) if to.owner_country else "a country that is not known",
        "phase": names_listed(phases) or "a phase that is not marked",
        "together": labels_of([(group.sensitivity, group.label) for group in companions]) or "other data",
        "assigner": names_listed(sorted(assigners)) or "another recipient",
    }


def _server(subject: Subject, countries: Mapping[str, str]) -> str:
    to = subject.destination
    if to and to.server_country:
        doubt = " (disputed)" if to.server_country_disputed or to.server_country_too_far else ""
        return f"{in_country(to.server_country, countries)}{doubt}"
    return f"a place not known ({to.server_country_method})" if to else "a place not known"
