# The two commands everybody needs, and two for developers. Each prepares .venv first.
PORT ?= 8000
export PORT

BOOTSTRAP = python3 -I consultation/bootstrap.py

.PHONY: run test bench bench-small faults faults-small fuzz scan observatory accessibility check audit messages

run:
	@exec $(BOOTSTRAP) run

# Tests of one group share what takes long to set up.
test:
	@exec $(BOOTSTRAP) test -n auto --dist loadgroup $(ARGS)

# Each figure beside its floor, as a table and in bench/results.json.
bench:
	@exec $(BOOTSTRAP) python -m bench

# Fewer responses; fails where a ratio is below three quarters of its goal, or of the last full run's
# where that missed it.
bench-small:
	@exec $(BOOTSTRAP) python -m bench --small

# Each fault and its twin under load, as a table and in var/faults.json. As root, for a disk that can
# be filled; needs nginx.
faults:
	@exec $(BOOTSTRAP) python -m tests.faults $(ARGS)

# The few that every change is held to.
faults-small:
	@exec $(BOOTSTRAP) python -m tests.faults --small

# Made-up values, journeys and requests: the tests of `make test` that hypothesis makes, many more.
# The same seed makes the same again; FUZZ_SEED=1 begins elsewhere.
fuzz: export FUZZ_EXAMPLES ?= 10000
fuzz: export FUZZ_SEED ?= 20261125
fuzz:
	@echo "FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) FUZZ_SEED=$(FUZZ_SEED)"
	@exec $(BOOTSTRAP) test -n auto -k test_fuzz $(ARGS)

# sqlmap and wapiti against a site that `make run` has started at PORT. Needs uv; takes long.
scan:
	@.ci/scan http://127.0.0.1:$(PORT)

# Mozilla's grader for headers, on https://localhost. As root; needs nginx, Node.js and openssl.
observatory:
	@exec $(BOOTSTRAP) python -m tests.observatory

# Each public page in a browser, for the accessibility statement: docs/accessibility.md. Takes long.
accessibility:
	@exec $(BOOTSTRAP) python -m tests.accessibility

check:
	@$(BOOTSTRAP) python -m ruff check .
	@$(BOOTSTRAP) python -m ruff format --check .
	@$(BOOTSTRAP) python -m mypy

# The rules are in .ci/semgrep.yml. Known vulnerabilities of dependencies are asked for online:
# where that is not possible it fails and says so; `make audit OFFLINE=1` leaves that part out.
audit:
	@command -v uvx >/dev/null || { echo "make audit needs uv (pip install uv)"; exit 1; }
	SEMGREP_ENABLE_VERSION_CHECK=0 uvx --from semgrep==1.185.0 semgrep scan --metrics off --error --quiet \
		--config .ci/semgrep.yml .
	uvx --from bandit==1.9.4 bandit -q -c .ci/bandit.yml -r surveys consultation -lll
	$(if $(OFFLINE),@echo "Left out: known vulnerabilities of dependencies",uvx --from pip-audit==2.10.1 pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.txt)

# Needs GNU gettext.
messages:
	@$(BOOTSTRAP) python manage.py makemessages --all --exclude sr_Latn --no-obsolete --no-location --ignore 'tests/*'
	@$(BOOTSTRAP) python manage.py compile_catalogs
