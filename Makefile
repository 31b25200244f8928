# The two commands everybody needs, and two for developers. Each prepares .venv first.
PORT ?= 8000
export PORT

BOOTSTRAP = python3 -I consultation/bootstrap.py

.PHONY: run test bench bench-small check messages

run:
	@exec $(BOOTSTRAP) run

test:
	@exec $(BOOTSTRAP) test -n auto $(ARGS)

# Each figure beside its floor, as a table and in bench/results.json.
bench:
	@exec $(BOOTSTRAP) python -m bench

# Fewer responses; fails where a ratio is below three quarters of its goal.
bench-small:
	@exec $(BOOTSTRAP) python -m bench --small

check:
	@$(BOOTSTRAP) python -m ruff check .
	@$(BOOTSTRAP) python -m ruff format --check .
	@$(BOOTSTRAP) python -m mypy

# Needs GNU gettext.
messages:
	@$(BOOTSTRAP) python manage.py makemessages --locale ro --locale sr --no-obsolete --no-location --ignore 'tests/*'
	@$(BOOTSTRAP) python manage.py compile_catalogs
