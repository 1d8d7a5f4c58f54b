# What a user and a developer type. `make` builds the four tools.

RELEASE = .build/release
TOOLS = msg-send msg-read msg-pay msg-alarmd
PREFIX ?= /usr/local
BUILD = swift build --explicit-target-dependency-import-check error

all: release

release:
	$(BUILD) -c release

# Runs every test. The crash and command tests drive the tools of the debug build. What they need from Debian is installed first by root, or
# with MSGSPOOL_INSTALL=1; else it is named, and the tests that need it are left out. With MSGSPOOL_ALL_TESTS=1 that is a failure.
test:
	@Tests/requirements.sh
	$(BUILD) --build-tests
	@Tests/run.sh

# Installs what the tests need from Debian; for root.
test-deps:
	@Tests/requirements.sh install

# The main job before your eyes, on a spool that is thrown away.
demo: release
	@PATH="$(CURDIR)/$(RELEASE):$$PATH" sh Tests/demo.sh

# Writes the committed completion scripts anew.
completions: release
	@for tool in $(TOOLS); do \
	  mkdir -p completions/bash completions/zsh completions/fish; \
	  $(RELEASE)/$$tool --completion bash > completions/bash/$$tool; \
	  $(RELEASE)/$$tool --completion zsh > completions/zsh/_$$tool; \
	  $(RELEASE)/$$tool --completion fish > completions/fish/$$tool.fish; \
	done

# Writes what '--help' says into the manual pages, in Korean too by the translations in man/ko/words; the rest of a page is written by hand.
man: release
	@for page in man/msg-send.1 man/msg-read.1 man/msg-pay.1 man/msg-alarmd.8; do \
	  tool=$$(basename $${page%.*}) && $(RELEASE)/$$tool --help > .build/$$tool.help && \
	  awk -f man/options.awk .build/$$tool.help $$page > .build/page && cp .build/page $$page && korean=man/ko/$${page#man/} && \
	  awk -v words=man/ko/words -f man/options.awk .build/$$tool.help $$korean > .build/page && cp .build/page $$korean || exit 1; \
	done

# What a send and a count cost, beside what they must cost.
bench: release
	@$(RELEASE)/msg-bench send
	@$(RELEASE)/msg-bench read
	@$(RELEASE)/msg-bench read-compare
	@$(RELEASE)/msg-bench siege --queue

# Random commands on one spool by many processes at once, some of them killed, and an audit from outside of every answer that was given.
# The tools are those of the release build: no command may be slower than its time-out.
# GATEWAY is ledger, bank or flaky; without SEED a random one is chosen and printed. DISK is plain or, for root, tmpfs, full or readonly: a
# file system in memory, a small one that is full now and then, one that fails in the middle and is mounted again.
SECONDS = 60
WORKERS = 12
GATEWAY = ledger
DISK = plain
storm: release
	$(BUILD) --build-tests
	MSGSPOOL_TOOLS='$(CURDIR)/$(RELEASE)' MSGSPOOL_STORM_SECONDS='$(SECONDS)' MSGSPOOL_STORM_WORKERS='$(WORKERS)' \
	  MSGSPOOL_STORM_SEED='$(SEED)' MSGSPOOL_STORM_GATEWAY='$(GATEWAY)' MSGSPOOL_STORM_DISK='$(DISK)' \
	  MSGSPOOL_STORM_FAULTS='$(FAULTS)' $(if $(HOSTS),Tests/hosts.sh with) \
	  "$$(swift build --show-bin-path)/msgspoolPackageTests.xctest" --testing-library swift-testing --filter '^StormTests\.StormTests/'

# Every command that changes a spool, with every fault at every call that it makes: killed, and so its recovery; errors once and for good; short
# writes. Takes an hour or so; 'make test' tries a few calls of each. CASE is a part of a name in Tests/CrashTests/FaultCases.swift.
faults:
	$(BUILD) --build-tests
	MSGSPOOL_FAULTS=all MSGSPOOL_FAULT_CASE='$(CASE)' "$$(swift build --show-bin-path)/msgspoolPackageTests.xctest" \
	  --testing-library swift-testing --filter '^CrashTests\.FaultSuiteTests/'

lint:
	swift format lint --strict -r -p Package.swift Sources Tests

format:
	swift format -i -r -p Package.swift Sources Tests

# Installs what 'make' built: programs, completions, manual pages, and in share/msgspool what is there to be linked and copied: an example of
# the settings, hooks, gateways, systemd units, lines for cron. `make uninstall` removes exactly that.
install:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' .packaging/install.sh '$(RELEASE)'

uninstall:
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' .packaging/install.sh --remove

# A Debian package of what is built, and archives of the source and of the programs with their checksums; in .build/dist.
deb: release
	@.packaging/deb.sh '$(RELEASE)' .build/dist

dist: deb
	@.packaging/dist.sh '$(RELEASE)' .build/dist

.PHONY: all release test test-deps storm faults demo bench completions man lint format install uninstall deb dist
