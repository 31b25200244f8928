# The two commands everybody needs, and two for developers. Each prepares .venv first.
PORT ?= 8000
export PORT

BOOTSTRAP = python3 -I consultation/bootstrap.py

.PHONY: run test bench check messages

run:
	@exec $(BOOTSTRAP) run

# Tests of one group share what takes long to set up.
test:
	@exec $(BOOTSTRAP) test -n auto --dist loadgroup $(ARGS)

# Each figure beside its floor, as a table and in bench/results.json.
bench:
	@exec $(BOOTSTRAP) python -m bench

check:
	@$(BOOTSTRAP) python -m ruff check .
	@$(BOOTSTRAP) python -m ruff format --check .
	@$(BOOTSTRAP) python -m mypy

# Needs GNU gettext.
messages:
	@$(BOOTSTRAP) python manage.py makemessages --locale ro --locale sr --no-obsolete --no-location --ignore 'tests/*'
	@$(BOOTSTRAP) python manage.py compile_catalogs
