"""The only reader of data files: taxonomy, key lexicon, adapters, owners, geo databases, and the user's seeds."""

import csv
import io
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from analyzer.compiled import restore
from analyzer.countries import load_countries
from analyzer.errors import ApptellsError, KnowledgeError
from analyzer.model import Evidence
from analyzer.taxonomy import DataType, Taxonomy

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

    from analyzer.attribute.attribution import Attribution, Maker
    from analyzer.declared.statement import Statements
    from analyzer.declared.wording import Wording
    from analyzer.detect.adapters import Adapter
    from analyzer.detect.by_seed import Seeds
    from analyzer.detect.lexicon import KeyRule, Lexicon
    from analyzer.indicators.search import IndicatorSearch
    from analyzer.policy.load_rules import Vocabulary
    from analyzer.policy.localisation_regime import Regime
    from analyzer.policy.rule import Rule
    from analyzer.policy.waiver import Waiver

DATA = Path(__file__).parent / "data"
MAX_SEED_FILE = 1 << 20
RUN = "run"
"""In a seeds file, the name of the line that says which run it is for."""
MAX_ADAPTER_FILE = 1 << 20
MAX_RULE_FILE = 1 << 18


class Knowledge:
    """What apptells knows, loaded as it is asked for."""

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The data types."""
        rows = csv.DictReader(io.StringIO((DATA / "taxonomy" / "types.tsv").read_text("utf-8")), delimiter="\t")
        return Taxonomy(
            {
                row["id"]: DataType(row["id"], row["label"], row["group"], int(row["sensitivity"]), columns=row)
                for row in rows
            }
        )

    @cached_property
    def lexicon(self) -> "Lexicon":
        """The names that senders give to personal data."""
        from analyzer.detect.lexicon import Lexicon

        return Lexicon(parse_keys((DATA / "keys.tsv").read_text("utf-8"), self.taxonomy))

    @cached_property
    def adapters(self) -> "tuple[Adapter, ...]":
        """What trackers' fields hold, from the compiled form of `data/adapters/*.yaml`."""
        from analyzer.detect.adapters import Adapter

        return restore((DATA / "adapters.json").read_bytes(), Adapter, "adapters")

    def adapters_and(self, folder: Path | None) -> "tuple[Adapter, ...]":
        """The adapters with the user's own before them, which take the place of shipped ones of the same id."""
        if folder is None:
            return self.adapters
        own = self.read_adapters(folder)
        ids = {adapter.id for adapter in own}
        return (*own, *(adapter for adapter in self.adapters if adapter.id not in ids))

    def read_adapters(self, folder: Path) -> "tuple[Adapter, ...]":
        """A user's own adapters, `*.yaml` in a folder. Raises KnowledgeError with every mistake of every file."""
        from analyzer.detect.adapters import load_adapters

        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
            texts = {str(path): _adapter_text(path) for path in paths}
        except OSError as error:
            raise KnowledgeError(
                f"{error.filename}: cannot be read ({error.strerror}); give a folder of adapters."
            ) from error
        if not texts:
            raise KnowledgeError(f"{folder}: holds no adapter; an adapter is a file `<id>.yaml`.")
        return load_adapters(texts, [kind.id for kind in self.taxonomy], self.adapters)

    def attribution(
        self, maker: "Maker", owner_tables: tuple[Path, ...] = (), geoip: tuple[Path, ...] = ()
    ) -> "Attribution":
        """Owners, networks, countries. Raises KnowledgeError for a wrong file, ApptellsError for a wrong domain."""
        from analyzer.attribute.attribution import load_attribution
        from analyzer.attribute.installed import data_folder
        from analyzer.attribute.unpack import cache_folder

        if maker.captured_in is not None and maker.captured_in not in load_countries():
            raise ApptellsError(
                f"{maker.captured_in!r} is no country code; give one of ISO 3166-1 with --captured-in, such as IN."
            )
        return load_attribution(
            DATA,
            maker=maker,
            owner_tables=owner_tables,
            geoip=geoip,
            installed=data_folder(os.environ),
            cache=cache_folder(os.environ),
        )

    def indicators(
        self, paths: Sequence[Path], app: str | None, is_shared: Callable[[str], bool]
    ) -> "IndicatorSearch | None":
        """A search for the indicators in files or folders; None where there are none. Raises KnowledgeError.

        `is_shared` tells domains under which anyone may have a host, such as `github.io`.
        """
        if not paths:
            return None
        from analyzer.indicators.search import IndicatorSearch
        from analyzer.indicators.stix import read_indicators

        return IndicatorSearch(read_indicators(paths), app, is_shared)

    def regimes(self) -> "tuple[Regime, ...]":
        """The laws on where data may go, by id."""
        from analyzer.policy.localisation_regime import load_regimes

        folder = DATA / "localisation"
        texts = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*-*.yaml"))}
        return load_regimes(texts, (folder / "sets.yaml").read_text("utf-8"), self.taxonomy)

    @cached_property
    def rule_words(self) -> "Vocabulary":
        """The words that rules may use."""
        from analyzer.attribute.owner import CATEGORIES
        from analyzer.policy.load_rules import Vocabulary

        return Vocabulary(taxonomy=self.taxonomy, categories=CATEGORIES, countries=load_countries())

    @cached_property
    def shipped_rules(self) -> "tuple[Rule, ...]":
        """The rules that come with apptells, from the compiled form of `data/rules/*.yaml`."""
        from analyzer.policy.rule import Rule

        return restore((DATA / "rules.json").read_bytes(), Rule, "rules")

    def rules(self, paths: Sequence[Path] = ()) -> "tuple[Rule, ...]":
        """The shipped rules and those in files or folders (`*.yaml`), which take the place of shipped ones of their id.

        Raises KnowledgeError with every mistake of every file.
        """
        if not paths:
            return self.shipped_rules
        from analyzer.policy.load_rules import load_rules, overridden

        return overridden(self.shipped_rules, load_rules(_rule_texts(paths), self.rule_words))

    def rules_and_waivers(
        self, paths: Sequence[Path], config: Path | None
    ) -> "tuple[tuple[Rule, ...], tuple[Waiver, ...]]":
        """The rules as `apptells.toml` wants them, and its waivers. Raises KnowledgeError with every mistake."""
        from analyzer.policy.config import Config, applied, load_config

        wanted = load_config(config) if config else Config()
        return applied(wanted, self.rules((*wanted.paths, *paths)), self.taxonomy), wanted.waivers

    def checked_rules(self, paths: Sequence[Path]) -> tuple[int, int, int]:
        """How many rules of a user's own, cases beside them (`cases/<id>.yaml`) and configurations are as they should.

        Raises KnowledgeError with every mistake, and with every case of which its rule says something else.
        """
        from analyzer.policy.check import Checked

        configs = [path for path in paths if path.suffix == ".toml"]
        checked = Checked(self.rule_words)
        for name, text in _rule_texts([path for path in paths if path not in configs]):
            cases = Path(name).parent / "cases" / Path(name).name
            checked.add(name, text, str(cases), _rule_text(cases) if cases.is_file() else None)
        for config in configs:
            checked.run(partial(self.rules_and_waivers, (), config))
        checked.finish()
        return checked.rules, checked.cases, len(configs)

    @cached_property
    def wording(self) -> "Wording":
        """The words of the stores' forms, of Android's permissions and of privacy policies."""
        from analyzer.declared.wording import parse_wording

        texts = {path.name: path.read_text("utf-8") for path in (DATA / "declared").glob("*.tsv")}
        return parse_wording(texts, self.taxonomy)

    def declarations(self, paths: Sequence[Path]) -> "Statements":
        """What the app's maker declares, from saved files. Raises ApptellsError for each that is no declaration."""
        from analyzer.declared.read import read_declarations

        return read_declarations(paths, self.wording)

    def seeds(self, path: Path | None) -> "Seeds | None":
        """The user's seeds; None where there are none. Raises KnowledgeError with every mistake."""
        if path is None:
            return None
        from analyzer.detect.by_seed import Seeds

        return Seeds(read_seeds(path, self.taxonomy))


def _rule_texts(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Name and text of each file, those of a folder in the order of their names."""
    texts = []
    for path in paths:
        try:
            files = sorted(each for each in path.iterdir() if each.suffix == ".yaml") if path.is_dir() else [path]
            texts += [(str(each), _rule_text(each)) for each in files]
        except OSError as error:
            raise KnowledgeError(
                f"{error.filename}: cannot be read ({error.strerror}); give a rule `<id>.yaml`, or a folder of them."
            ) from None
        if not files:
            raise KnowledgeError(f"{path}: holds no rule; a rule is a file `<id>.yaml`.")
    return texts


def _rule_text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_RULE_FILE + 1).decode("utf-8-sig", "replace")


def _adapter_text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_ADAPTER_FILE).decode("utf-8-sig", "replace")


def parse_keys(text: str, taxonomy: Taxonomy) -> "list[KeyRule]":
    """The rows of `keys.tsv`. Raises KnowledgeError with the place of every mistake."""
    from analyzer.detect.lexicon import KeyRule
    from analyzer.detect.shapes.table import SHAPES

    rules: list[KeyRule] = []
    mistakes: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != 5:
            mistakes.append(f"keys.tsv:{number}: {len(cells)} columns instead of 5")
            continue
        data_type, evidence, shapes, where, names = cells
        if data_type not in taxonomy:
            mistakes.append(f"keys.tsv:{number}: no data type '{data_type}'")
        if evidence not in get_args(Evidence):
            mistakes.append(f"keys.tsv:{number}: no evidence level '{evidence}'")
        if where not in ("exact", "end", "person"):
            mistakes.append(f"keys.tsv:{number}: '{where}' is not exact, end or person")
        mistakes += [f"keys.tsv:{number}: no shape '{shape}'" for shape in shapes.split("|") if shape not in SHAPES]
        rules += [
            KeyRule(data_type, evidence, tuple(shapes.split("|")), where, name)  # type: ignore[arg-type]
            for name in names.split("|")
        ]
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    return rules


def read_seeds(path: Path, taxonomy: Taxonomy) -> Mapping[str, Sequence[str]]:
    """A YAML file of data type -> value or list of values. Raises KnowledgeError with the place of every mistake.

    The line `run: NAME`, as `apptells persona new` writes it, is no seed: see `read_run`.
    """
    from ruamel.yaml.nodes import ScalarNode, SequenceNode

    seeds: dict[str, list[str]] = {}
    mistakes: list[str] = []
    for name, node in _seed_lines(path):
        place, data_type = f"{path}:{name.start_mark.line + 1}", name.value
        if data_type == RUN:
            continue
        if not isinstance(data_type, str) or data_type not in taxonomy:
            mistakes.append(
                f"{place}: no data type {str(data_type)[:60]!r}; the ids are in analyzer/data/taxonomy/types.tsv"
            )
            continue
        for item in node.value if isinstance(node, SequenceNode) else [node]:
            if isinstance(item, ScalarNode) and item.value.strip():
                seeds.setdefault(data_type, []).append(item.value)
            else:
                mistakes.append(f"{place}: the value of '{data_type}' is not text, or empty")
    if mistakes:
        raise KnowledgeError("\n".join(mistakes))
    if not seeds:
        raise KnowledgeError(f"{path}: holds no seed; write one `data.type: value` a line")
    return seeds


def read_run(path: Path) -> str | None:
    """The run that a seeds file was made for: the value of its line `run: NAME`; None where there is none.

    Raises KnowledgeError where the file is no seeds file.
    """
    found = [node.value for name, node in _seed_lines(path) if name.value == RUN]
    return found[0].strip() or None if found and isinstance(found[0], str) else None


def _seed_lines(path: Path) -> "list[tuple[Node, Node]]":
    """Names and values of a seeds file, each knowing its line."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode

    try:
        with path.open("rb") as file:
            data = file.read(MAX_SEED_FILE + 1)
    except OSError as error:
        raise KnowledgeError(
            f"{path}: the seeds file cannot be read ({error.strerror}); give a file with --seeds"
        ) from None
    if len(data) > MAX_SEED_FILE:
        raise KnowledgeError(f"{path}: a seeds file larger than 1 MiB is not one; give data types and values")
    try:
        # Nodes, not values: they know their lines, and 0123, 1991-08-23 and No stay as they are written.
        root = YAML(pure=True).compose(data.decode("utf-8-sig"))
    except (YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else f"{path}"
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise KnowledgeError(f"{place}: not YAML: {problem}; write one `data.type: value` a line") from None
    if not isinstance(root, MappingNode):
        raise KnowledgeError(f"{path}: seeds are lines of `data.type: value`, such as `person.email: a@b.example`")
    lines: list[tuple[Node, Node]] = root.value
    return lines
