# The commands of this project. PORT, ACTION_PORT, VOICE_PORT and PYTHON may be set: make run PORT=5006
.DEFAULT_GOAL := help
.PHONY: help run run-cluster test validate train lint format bench bench-nlu chaos soak capacity fuzz audit purge shell lock clean

BOOT := sh scripts/bootstrap.sh
LOCK := uv pip compile --python-version 3.10 --universal --generate-hashes --no-emit-index-url \
        --no-emit-find-links --custom-compile-command "make lock" --quiet

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run:  ## set up what is missing, then start the assistant and its chat page
	@$(BOOT) run python -m scripts.run

run-cluster:  ## start two assistants behind nginx, with Redis and PostgreSQL (ACU_INSTANCES=3 for more)
	@sh scripts/services.sh
	@$(BOOT) run python -m scripts.run_cluster

test:  ## set up what is missing, then every check and every test (TESTS=tests/unit for some)
	@$(BOOT) dev python -c ''
	@sh scripts/chromium.sh
	@sh scripts/services.sh clock
	@$(BOOT) dev python -m scripts.fetch_recogniser
	@$(MAKE) --no-print-directory lint validate
	@$(BOOT) dev python -m scripts.train --skip-validation
	@$(BOOT) dev python -m pytest $(TESTS)

validate:  ## check the catalogue, the domain and the training data against each other
	@$(BOOT) run python -m scripts.validate

train:  ## train a model if there is none for the present files
	@$(BOOT) run python -m scripts.train

lint:  ## check the style and the walls between the folders
	@$(BOOT) tools ruff check --output-format concise .
	@$(BOOT) tools ruff format --check .
	@$(BOOT) tools lint-imports --no-logo --cache-dir .cache/imports

format:  ## put the code into the agreed form
	@$(BOOT) tools ruff check --fix .
	@$(BOOT) tools ruff format .

bench:  ## measure speed, memory and understanding
	@$(BOOT) dev python -m benchmarks

bench-nlu:  ## measure understanding in depth, beside Rasa's own pipelines (an hour or more; ARGS=--quick for a trial)
	@$(BOOT) dev python -m benchmarks.nlu $(ARGS)

chaos:  ## kill and freeze parts, fill the disk, set the clock while people talk; tell what they notice (ARGS="--only Redis")
	@sh scripts/services.sh clock
	@$(BOOT) dev python -m benchmarks.chaos $(ARGS)

soak:  ## half an hour at half of the peak: does memory grow, do answers get slower (ARGS="--minutes 5")
	@$(BOOT) dev python -m benchmarks.soak $(ARGS)

capacity:  ## how many people one core serves who write every 20 seconds (ARGS="--people 100")
	@$(BOOT) dev python -m benchmarks.capacity $(ARGS)

fuzz:  ## send 100,000 random and broken requests to a running assistant (ARGS="--requests 5000")
	@$(BOOT) dev python -m benchmarks.fuzz $(ARGS)

audit:  ## look up known weaknesses of the locked packages; says what it could not check (exit 2)
	@$(BOOT) tools python scripts/audit.py

purge:  ## delete the conversations that are older than ACU_RETENTION_DAYS (the assistant does so by itself)
	@$(BOOT) run python -m scripts.serve purge

shell:  ## chat in the terminal
	@$(BOOT) run python -m scripts.shell

lock:  ## work out the locks again from the requirements (ARGS=--upgrade for newer versions)
	@uv=$$($(BOOT) uv) && set -e && for part in "" -dev -tools -voice; do \
	    "$$uv" $(wordlist 2,99,$(LOCK)) $(ARGS) requirements$$part.in -o requirements$$part.lock; \
	    echo "requirements$$part.lock"; done

clean:  ## remove everything that was installed, trained or measured
	@rm -rf .venv .venv-tools .cache .rasa models results .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
