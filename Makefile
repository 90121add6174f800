# SPDX-License-Identifier: Apache-2.0
#
#   make            build build/hfterm with the libraries that are here
#   make run        install what is missing, build, start the demo
#   make check      install what is missing, build, run every test (sanitizers included)
#   make help       all targets
#
# Out of tree in build/; second build does nothing; -j safe. Variables: CC, CFLAGS, PREFIX, DESTDIR.

SHELL      := /bin/sh
CC         ?= cc
PREFIX     ?= /usr/local
DESTDIR    ?=
DATADIR    := $(PREFIX)/share/hfterm
MANDIR     := $(PREFIX)/share/man
VERSION    := 0.1.0
BUILD      ?= build
JOBS       := $(shell nproc 2>/dev/null || echo 2)

# ---- flags ----------------------------------------------------------------------------------------

# Opened at run time, when first used: their headers are needed, the link line does not name them
# (core/net/curl_api.h, core/localhub/mhd_api.h, core/store/sqlite_api.h, core/base/library.h).
OPENED     := libcurl libmicrohttpd sqlite3 yaml-0.1 libpng libjpeg libwebp libwebpdemux
LIBS       := ncursesw readline libcjson libcmark-gfm libutf8proc libpcre2-8 libcrypto zlib
PKG_CFLAGS := $(filter-out -D%,$(shell pkg-config --cflags $(LIBS) $(OPENED) 2>/dev/null))
PKG_LIBS   := $(shell pkg-config --libs $(LIBS) 2>/dev/null)

WARN       := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
              -Wwrite-strings -Wformat=2 -Wundef -Wvla -Wpointer-arith -Wcast-qual \
              -Wdouble-promotion -Wimplicit-fallthrough
WERROR     ?= -Werror
HARDEN     := -fstack-protector-strong -fPIE
OPT        ?= -O2 -g -D_FORTIFY_SOURCE=2
CPPFLAGS_   = -I. -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -DHFTERM_VERSION='"$(VERSION)"' \
              -DHFTERM_DATADIR='"$(DATADIR)"' $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_     = -std=c17 $(OPT) $(WARN) $(WERROR) $(HARDEN) -pthread $(SAN) $(CFLAGS)
LDFLAGS_    = -pie -Wl,-z,relro,-z,now -pthread $(SAN) $(LDFLAGS)
# libcmark-gfm's extensions (tables) have no .pc file of their own.
LDLIBS_     = -lcmark-gfm-extensions $(PKG_LIBS) -ldl -lm

# ---- sources: every .c of a room belongs to it ----------------------------------------------------

CORE_SRC   := $(sort $(shell find core -name '*.c'))
GPU_SRC    := $(sort $(shell find gpu -name '*.c' 2>/dev/null))
TUI_SRC    := $(sort $(shell find tui -name '*.c' ! -name main.c))
UNIT_SRC   := $(sort $(wildcard tests/unit/test_*.c))
SCREEN_SRC := $(sort $(wildcard tests/screens/test_*.c))
FUZZ_SRC   := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH_SRC  := $(sort $(wildcard tests/bench/bench_*.c))
SCENE_SRC  := $(filter-out tests/pictures/draw.c,$(sort $(wildcard tests/pictures/*.c)))

obj         = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
CORE_OBJ   := $(call obj,$(CORE_SRC) $(GPU_SRC))
TUI_OBJ    := $(call obj,$(TUI_SRC))
MAIN_OBJ   := $(call obj,tui/main.c)
HELP_OBJ   := $(call obj,$(filter-out tests/screens/test_%,$(wildcard tests/screens/*.c)))
PTY_OBJ    := $(call obj,$(wildcard tests/screens/pty*.c) tests/screens/modes.c)
UNIT_BIN   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SRC))
SCREEN_BIN := $(patsubst tests/screens/%.c,$(BUILD)/tests/screen_%,$(SCREEN_SRC))
# Unit tests in which several threads meet say so in a line of their own: they run under
# ThreadSanitizer too.
THREAD_MARK := /* Threads: run under ThreadSanitizer too. */
THREAD_BIN := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(shell grep -lxF '$(THREAD_MARK)' $(UNIT_SRC)))
BENCH_BIN  := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(BENCH_SRC))
BENCH_OBJ  := $(call obj,$(filter-out $(BENCH_SRC),$(wildcard tests/bench/*.c)))

# ---- the program ----------------------------------------------------------------------------------

.PHONY: all
all: $(BUILD)/hfterm

# The engine's lexicon is compiled in, so that the library alone is the whole engine.
LEXICON    := core/arrcoc/lexicon.txt
$(BUILD)/gen/lexicon.c: $(LEXICON) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "core/arrcoc/lexicon.h"'; echo 'const char *const ARR_LEXICON_LINES[] = {'; \
	  sed 's/[\\"]/\\&/g; s/.*/"&\\n",/' $(LEXICON); echo '};'; \
	  echo 'const size_t ARR_LEXICON_LINE_COUNT ='; \
	  echo 'sizeof ARR_LEXICON_LINES / sizeof *ARR_LEXICON_LINES;'; } > $@
	@echo "  GEN   $@"
$(BUILD)/gen/lexicon.o: $(BUILD)/gen/lexicon.c core/arrcoc/lexicon.h
	$(Q)$(CC) $(CPPFLAGS_) $(CFLAGS_) -c -o $@ $<

$(BUILD)/libhfcore.a: $(CORE_OBJ) $(BUILD)/gen/lexicon.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
	@echo "  AR    $@"

# The themes are compiled in, so that the binary alone is the whole program.
THEMES     := $(sort $(wildcard themes/*.theme))
$(BUILD)/gen/themes.c: $(THEMES) Makefile
	@mkdir -p $(@D)
	@{ echo '#include "tui/term/theme.h"'; echo 'const struct theme_builtin THEME_BUILTIN[] = {'; \
	  for f in $(THEMES); do n=$${f##*/}; echo "{\"$${n%.theme}\","; \
	    sed 's/[\\"]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; done; echo '};'; \
	  echo 'const size_t THEME_BUILTIN_COUNT = sizeof THEME_BUILTIN / sizeof *THEME_BUILTIN;'; } > $@
	@echo "  GEN   $@"
$(BUILD)/gen/themes.o: $(BUILD)/gen/themes.c
	$(Q)$(CC) $(CPPFLAGS_) $(CFLAGS_) -c -o $@ $<

$(BUILD)/libhftui.a: $(TUI_OBJ) $(BUILD)/gen/themes.o
	@rm -f $@
	$(Q)$(AR) rcs $@ $^
	@echo "  AR    $@"

$(BUILD)/hfterm: $(MAIN_OBJ) $(BUILD)/libhftui.a $(BUILD)/libhfcore.a
	$(Q)$(CC) $(LDFLAGS_) -o $@ $^ $(LDLIBS_)
	@echo "  LINK  $@"

Q := @
# The rooms without a screen must not lose bits in conversions either.
$(BUILD)/obj/core/%.o $(BUILD)/obj/gpu/%.o: ROOM_WARN := -Wconversion
# The engine's loops are written for vectors; contraction would make results differ between machines.
# Nobody reads errno or the exception flags of arithmetic; without these two gcc would not turn square
# roots and comparisons into vectors. No value changes.
$(BUILD)/obj/core/arrcoc/%.o: ROOM_OPT = $(if $(SAN),,-O3) -ffp-contract=off -fno-math-errno \
                                         -fno-trapping-math

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_) $(CFLAGS_) $(ROOM_WARN) $(ROOM_OPT) -MMD -MP -c -o $@ $<
	@echo "  CC    $<"

# Rebuild when the flags change, and only then.
FLAGS_NOW   = $(CC) $(CPPFLAGS_) $(CFLAGS_)
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@printf '%s\n' "$(subst ",\",$(FLAGS_NOW))" | cmp -s - $@ || { $(MAKE) -s has-libs && \
	  printf '%s\n' "$(subst ",\",$(FLAGS_NOW))" > $@; }
.PHONY: FORCE
FORCE:

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

include gpu/cuda.mk

# ---- test programs --------------------------------------------------------------------------------

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/libhftui.a $(BUILD)/libhfcore.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_) -o $@ $^ $(LDLIBS_) -lcmocka
	@echo "  LINK  $@"

# These speak to the local Hub as clients of their own.
$(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_localhub*.c)): LDLIBS_ += -lcurl

# And these make pictures by the libraries' own encoders.
$(BUILD)/tests/test_picture $(BUILD)/tests/test_picture_broken: \
  LDLIBS_ += $(shell pkg-config --libs libpng libjpeg libwebp 2>/dev/null)

# The demo pictures are drawn by a program of ours, and drawn again by their test.
$(BUILD)/tests/test_pictures: $(call obj,$(SCENE_SRC))
$(BUILD)/draw-pictures: $(call obj,$(SCENE_SRC) tests/pictures/draw.c) $(BUILD)/libhfcore.a
	$(Q)$(CC) $(LDFLAGS_) -o $@ $^ $(LDLIBS_)
	@echo "  LINK  $@"

# Streams that are never silent come from the benchmarks' hub.
$(BUILD)/tests/screen_test_streams: $(call obj,tests/bench/stream_hub.c)
$(BUILD)/tests/screen_%: $(BUILD)/obj/tests/screens/%.o $(HELP_OBJ) $(BUILD)/libhftui.a $(BUILD)/libhfcore.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS_) -lcmocka -lvterm -lutil
	@echo "  LINK  $@"

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(BENCH_OBJ) $(PTY_OBJ) $(BUILD)/libhftui.a $(BUILD)/libhfcore.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_) -o $@ $^ $(LDLIBS_) -lvterm -lutil
	@echo "  LINK  $@"

.PHONY: tests
tests: $(BUILD)/hfterm $(UNIT_BIN) $(SCREEN_BIN)

# ---- what has to be on the machine ----------------------------------------------------------------

DEB_BUILD := pkg-config libncurses-dev libreadline-dev libcurl4-openssl-dev libcjson-dev \
             libmicrohttpd-dev libyaml-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libutf8proc-dev libpcre2-dev libssl-dev \
             zlib1g-dev libpng-dev libjpeg-dev libwebp-dev libsqlite3-dev
DEB_TEST  := libcmocka-dev libvterm-dev clang g++ tmux curl python3-venv python3-yaml ncurses-term \
             procps cmark-gfm
RPM_BUILD := pkgconf ncurses-devel readline-devel libcurl-devel cjson-devel libmicrohttpd-devel \
             libyaml-devel utf8proc-devel pcre2-devel openssl-devel zlib-devel \
             libpng-devel libjpeg-turbo-devel libwebp-devel sqlite-devel
PAC_BUILD := pkgconf ncurses readline curl cjson libmicrohttpd libyaml cmark-gfm libutf8proc pcre2 \
             openssl zlib libpng libjpeg-turbo libwebp sqlite
BREW_BUILD := pkg-config ncurses readline curl cjson libmicrohttpd libyaml cmark-gfm utf8proc pcre2 \
              openssl zlib libpng jpeg-turbo webp sqlite

# $(1): what must exist, as shell tests; $(2): Debian packages
define install_missing
	@if $(1); then exit 0; fi; \
	if ! command -v apt-get >/dev/null 2>&1; then \
	  echo "hfterm needs these libraries and tools; please install them, then run make again:"; \
	  echo "  dnf install $(RPM_BUILD)   (and cmark-gfm from its source)"; \
	  echo "  pacman -S $(PAC_BUILD)"; \
	  echo "  brew install $(BREW_BUILD)"; \
	  exit 1; \
	fi; \
	root=; [ "$$(id -u)" = 0 ] || root=sudo; \
	echo "installing: $(2)"; \
	{ $$root apt-get update -qq && \
	  $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2); \
	} >/tmp/hfterm-apt.$$$$ 2>&1 || { cat /tmp/hfterm-apt.$$$$; rm -f /tmp/hfterm-apt.$$$$; exit 1; }; \
	rm -f /tmp/hfterm-apt.$$$$
endef

.PHONY: has-libs deps deps-test
has-libs:
	@command -v pkg-config >/dev/null 2>&1 && pkg-config --exists $(LIBS) $(OPENED) || { \
	  echo "Some libraries are missing: 'make deps' installs them on Debian and Ubuntu" \
	       "(elsewhere it prints their names)."; exit 1; }

deps:
	$(call install_missing,command -v pkg-config >/dev/null 2>&1 && pkg-config --exists $(LIBS) $(OPENED) && \
	  echo '#include <cmark-gfm-core-extensions.h>' | $(CC) $(PKG_CFLAGS) -E -o /dev/null - 2>/dev/null,$(DEB_BUILD))

deps-test: deps
	$(call install_missing,[ -e /usr/include/cmocka.h ] && [ -e /usr/include/vterm.h ] && \
	  command -v clang >/dev/null && command -v g++ >/dev/null && command -v tmux >/dev/null && \
	  command -v curl >/dev/null && \
	  python3 -c 'import ensurepip' 2>/dev/null && \
	  { python3 -c 'import yaml' || /usr/bin/python3 -c 'import yaml'; } 2>/dev/null && \
	  [ -e /usr/share/terminfo/x/xterm-direct ] && \
	  command -v ps >/dev/null && command -v cmark-gfm >/dev/null,$(DEB_TEST))
	$(call install_missing,[ -n "$$(find "$$(clang -print-resource-dir)" -name 'libclang_rt.fuzzer*.a')" ],\
	  libclang-rt-$$(clang -dumpversion | cut -d. -f1)-dev)

# ---- the two commands -----------------------------------------------------------------------------

.PHONY: run
run: deps
	@$(MAKE) -s -j$(JOBS) all
	@exec ./$(BUILD)/hfterm --demo

.PHONY: check
check: deps-test
	@sh tests/run.sh

# ---- more targets ---------------------------------------------------------------------------------

.PHONY: sanitize
sanitize:
	@$(MAKE) -s -j$(JOBS) BUILD=build/asan OPT='-O1 -g' \
	  SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer' tests
.PHONY: sanitize-threads
sanitize-threads:
	@$(MAKE) -s -j$(JOBS) BUILD=build/tsan OPT='-O1 -g' SAN='-fsanitize=thread' thread-tests
.PHONY: thread-tests list-threads
thread-tests: $(THREAD_BIN)
list-threads:
	@echo $(patsubst $(BUILD)/%,build/tsan/%,$(THREAD_BIN))

# FUZZ_SECONDS for each target; a crash leaves its input in build/fuzz/.
FUZZ_SECONDS ?= 60
FUZZ_BUILD := build/fuzz
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
.PHONY: fuzz fuzz-build
fuzz-build:
	@$(MAKE) -s -j$(JOBS) CC=clang BUILD=$(FUZZ_BUILD) OPT= WERROR= SAN='$(FUZZ_FLAGS)' fuzz-bins
FUZZ_BIN := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(FUZZ_SRC))
.PHONY: fuzz-bins
fuzz-bins: $(FUZZ_BIN)
$(BUILD)/fuzz_%: $(BUILD)/obj/tests/fuzz/fuzz_%.o $(BUILD)/libhftui.a $(BUILD)/libhfcore.a
	$(Q)$(CC) $(LDFLAGS_) -fsanitize=fuzzer -o $@ $^ $(LDLIBS_)
	@echo "  LINK  $@"
fuzz: fuzz-build
	@sh tests/fuzz/run.sh $(FUZZ_BUILD) $(FUZZ_SECONDS)

.PHONY: bench
bench: deps-test
	@$(MAKE) -s -j$(JOBS) all bench-bins
	@sh tests/bench/run.sh $(BUILD)
.PHONY: bench-bins
bench-bins: $(BENCH_BIN)

# Rewrites what the tests compare with; review the result as a diff.
.PHONY: golden
golden: tests
	@HFTERM_GOLDEN=write sh tests/run.sh screens

# Draws tests/fixtures/pictures and its truth.json again.
.PHONY: pictures
pictures: $(BUILD)/draw-pictures
	@$(BUILD)/draw-pictures tests/fixtures/pictures

.PHONY: install uninstall
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(DATADIR)/themes $(DESTDIR)$(DATADIR)/demo \
	  $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 $(DESTDIR)$(MANDIR)/man7 \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(BUILD)/hfterm $(DESTDIR)$(PREFIX)/bin/hfterm
	if [ -e $(CUDA_LIB) ]; then install -d $(DESTDIR)$(PREFIX)/lib/hfterm && \
	  install -m 755 $(CUDA_LIB) $(DESTDIR)$(PREFIX)/lib/hfterm/; fi
	install -m 644 themes/*.theme $(DESTDIR)$(DATADIR)/themes/
	cp -R tests/fixtures/demo/. $(DESTDIR)$(DATADIR)/demo/
	chmod -R u=rwX,go=rX $(DESTDIR)$(DATADIR)/demo
	install -d $(DESTDIR)$(DATADIR)/pictures
	install -m 644 tests/fixtures/pictures/* $(DESTDIR)$(DATADIR)/pictures/
	for s in 1 5 7; do install -m 644 docs/man/*.$$s $(DESTDIR)$(MANDIR)/man$$s/ || exit 1; done
	install -m 644 docs/completion/hfterm.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hfterm
	install -m 644 docs/completion/_hfterm $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hfterm
	install -m 644 docs/completion/hfterm.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hfterm.fish

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/hfterm
	rm -rf $(DESTDIR)$(DATADIR) $(DESTDIR)$(PREFIX)/lib/hfterm
	for m in docs/man/*.[157]; do \
	  f=$${m##*/}; rm -f $(DESTDIR)$(MANDIR)/man$${f##*.}/$$f; done
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/hfterm \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_hfterm \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/hfterm.fish

.PHONY: clean
clean:
	rm -rf build

.PHONY: help
help:
	@echo "make             build build/hfterm"
	@echo "make run         install what is missing, build, start hfterm --demo"
	@echo "make check       install what is missing, build, run all tests"
	@echo "make bench       measure speed against peers and limits, print a table"
	@echo "make install     PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)"
	@echo "make uninstall   remove what install put there"
	@echo "make sanitize    build the tests with AddressSanitizer and UBSan into build/asan"
	@echo "make fuzz        fuzz every parser, FUZZ_SECONDS=$(FUZZ_SECONDS) each"
	@echo "make check-gpu   compare the CUDA back end with the CPU on this machine's device"
	@echo "make bench-gpu   time the CUDA back end on this machine's device"
	@echo "make golden      rewrite the golden screens"
	@echo "make pictures    draw the demo pictures again"
	@echo "make deps        install the libraries (Debian, Ubuntu)"
	@echo "make clean       remove build/"
