# posix-wasm: `make demo` shows it at work, `make test` proves it. Both need Node 20, npm and make, nothing else.

SHELL := /bin/bash
.DEFAULT_GOAL := all
.PHONY: all demo test attack soak bench check check-full install guests build native programs libcurl curl-tests clean

TS := $(shell find src -name '*.ts') tsup.config.ts package.json tsconfig.json

all: build guests

install: node_modules/.installed
node_modules/.installed: package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

build: dist/.built
dist/.built: node_modules/.installed $(TS)
	rm -rf dist
	npx tsup
	@touch $@

guests: build
	node scripts/build-guests.mjs

demo: build guests
	node scripts/demo.mjs

test: build guests
	npx vitest run $(TEST_ARGS)

# The attacks of test/attack alone, with a table of how many got through each border in each mode.
attack: build guests
	node scripts/attack-figures.mjs

# Other people's programs, from their Debian sources: needs apt-get, dpkg-dev and gcc.
programs: build
	node scripts/programs.mjs $(PROGRAMS)

# The real curl, library and tool, from its Debian source: needs apt-get, dpkg-dev and make.
libcurl: build
	node scripts/libcurl.mjs

# curl's own test suite over that curl and over a native twin: needs perl, gcc and stunnel4 as well, and twenty minutes.
curl-tests: build
	node scripts/curl-tests.mjs

# Ten minutes of connections that open, close, reset and abort at random: make soak SOAK_ARGS="--mode worker --seconds 600".
soak: build
	node test/soak/soak.mjs $(SOAK_ARGS)

# Every mode against native C and node:net; BENCH_ARGS=--help tells the options, and BENCH_NODE which Node is measured.
bench: build guests
	node bench/run.mjs $(BENCH_ARGS)

check: build guests
	node scripts/check.mjs

check-full: build guests
	node scripts/check.mjs --full

clean:
	rm -rf build dist node_modules
