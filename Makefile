.PHONY: setup demo test lint bench accuracy clean

# The first command in a fresh clone may be any of these: each makes the environment it needs.

setup:
	@.ci/setup

demo: setup
	@.venv/bin/apptells analyze fixtures/captures/founding-case.har \
		--seeds fixtures/captures/founding-case.persona.yaml \
		--app com.example.citizenconnect --first-party jansamvad.example --output reports/demo

test: setup lint
	@.ci/peers
	@.venv/bin/python -m pytest -n 2

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@out=$$(.venv/bin/lint-imports 2>&1) || { echo "$$out"; exit 1; }
	@! grep -nE 'https?://' requirements.lock

bench: setup
	@.venv/bin/python -m tests.bench

accuracy: setup
	@.venv/bin/python -m tests.accuracy

clean:
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache reports/demo
