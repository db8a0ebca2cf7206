# What people type here. `make` alone explains itself.

BINARY := target/release/millrace
WEB := $(wildcard web/package.json)

.DEFAULT_GOAL := help
.PHONY: help run build web test lint bench screenshots tools clean

help: ## this text
	@echo 'Millrace carries messages between MQTT brokers and people.'
	@echo
	@echo 'First time here?  make run   then open the page it names.'
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Some figures:     make bench PARTS="commands chain"   (PARTS=--help lists them)'
	@echo 'One scenario:     cargo nextest run -p millrace-scenarios kills_at_random'
	@echo 'Kill test, long:  MILLRACE_TEST_KILL_MESSAGES=1000000 MILLRACE_TEST_KILLS=50 cargo nextest run -p millrace-scenarios kills_at_random'

run: build ## build the server and start the demonstration: built-in broker, two devices, both tutorials
	$(BINARY) demo

build: web ## build the release binary, web application included
	cargo build --release --locked -p millrace

web: ## build the web application
ifneq ($(WEB),)
	scripts/web.sh
endif

test: tools web ## set up what the tests need (mosquitto, strace, chromium), then run all of them
	scripts/test.sh

lint: ## formatting and lints, for every target, warnings are errors
	scripts/lint.sh

bench: tools build ## measure throughput, latency and memory of the release binary
	MILLRACE_BIN=$(CURDIR)/$(BINARY) cargo run --release --locked -p millrace-testbed --bin millrace-bench -- $(PARTS)

screenshots: tools web ## pictures of the web application's pages: light, dark, narrow
	cargo build --locked -p millrace
	npm --prefix web run screenshots

tools: ## install the programs that tests use, when they are missing (Debian)
	scripts/tools.sh

clean: ## remove everything that was built
	cargo clean
	rm -rf web/dist web/node_modules
