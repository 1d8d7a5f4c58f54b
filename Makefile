# What a user and a developer type. `make` builds the four tools.

RELEASE = .build/release
TOOLS = msg-send msg-read msg-pay msg-alarmd
PREFIX ?= /usr/local
BUILD = swift build --explicit-target-dependency-import-check error

all: release

release:
	$(BUILD) -c release

# Runs every test. The crash and command tests drive the tools of the debug build.
test:
	$(BUILD) --build-tests
	swift test --skip-build

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

# What a send and a count cost, beside what they must cost.
bench: release
	@$(RELEASE)/msg-bench send
	@$(RELEASE)/msg-bench read

lint:
	swift format lint --strict -r -p Package.swift Sources Tests

format:
	swift format -i -r -p Package.swift Sources Tests

install: release
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/bash-completion/completions' \
	  '$(DESTDIR)$(PREFIX)/share/zsh/site-functions' '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d'
	for tool in $(TOOLS); do \
	  install -m 755 $(RELEASE)/$$tool '$(DESTDIR)$(PREFIX)/bin/'; \
	  install -m 644 completions/bash/$$tool '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/'; \
	  install -m 644 completions/zsh/_$$tool '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/'; \
	  install -m 644 completions/fish/$$tool.fish '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/'; \
	done

.PHONY: all release test demo bench completions lint format install
