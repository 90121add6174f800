/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/completion.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/cli/cli.h"
#include "core/cli/out.h"
#include "core/cli/verb.h"

/* Verb *i or the first one behind it that is shown, NULL behind the last; *i moves past it. */
static const struct cli_verb *next_shown(const struct cli_verbs *rooms, size_t *i)
{
    const struct cli_verb *v;
    do {
        v = cli_verb_at(rooms, (*i)++);
    } while (v && v->is_hidden);
    return v;
}

/* ---- bash ---- */

static void bash_options(struct buf *b, const struct cli_option *table)
{
    for (; table->name; table++) {
        buf_printf(b, " --%s", table->name);
    }
}

/* One line of the case over the word before the cursor. */
static void bash_value(struct buf *b, const struct cli_option *o)
{
    if (o->choices) {
        buf_printf(b, "    --%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n", o->name,
                   o->choices);
    } else if (o->is_path) {
        buf_printf(b, "    --%s) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n", o->name);
    } else if (o->kind != CLI_FLAG) {
        buf_printf(b, "    --%s) return ;;\n", o->name);
    }
}

static void bash_values(struct buf *b, const struct cli_option *table)
{
    for (; table->name; table++) {
        bash_value(b, table);
    }
}

static void bash_verb(struct buf *b, const struct cli_verb *v)
{
    buf_printf(b, "  %s)\n    case $prev in\n", v->name);
    bash_values(b, v->options);
    buf_puts(b, "    esac\n    words=\"");
    bash_options(b, v->options);
    buf_puts(b, " $globals\"\n");
    if (v->takes_path) {
        buf_puts(b, "    [[ $cur == -* ]] || { COMPREPLY=($(compgen -f -- \"$cur\")); return; }\n");
    }
    buf_puts(b, "    ;;\n");
}

static void put_verb_names(struct buf *b, const struct cli_verbs *rooms, const char *separator)
{
    const struct cli_verb *v;
    const char *before = "";
    for (size_t i = 0; (v = next_shown(rooms, &i));) {
        buf_printf(b, "%s%s", before, v->name);
        before = separator;
    }
}

static void put_bash(struct buf *b, const struct cli_verbs *rooms)
{
    const struct cli_verb *v;
    buf_puts(b, "# bash completion for hfterm; made by: hfterm completion bash\n"
                "_hfterm() {\n"
                "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                "  local verb= word words globals=\"");
    bash_options(b, CLI_GLOBAL_OPTIONS);
    buf_puts(b, "\"\n  COMPREPLY=()\n"
                "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                "    case $word in\n    ");
    put_verb_names(b, rooms, "|");
    buf_puts(b, ") verb=$word; break ;;\n    esac\n  done\n  case $prev in\n");
    bash_values(b, CLI_GLOBAL_OPTIONS);
    buf_puts(b, "  esac\n  case $verb in\n");
    for (size_t i = 0; (v = next_shown(rooms, &i));) {
        bash_verb(b, v);
    }
    buf_puts(b, "  *) words=\"");
    put_verb_names(b, rooms, " ");
    buf_puts(b, " $globals\" ;;\n  esac\n"
                "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                "}\n"
                "complete -F _hfterm hfterm\n");
}

/* ---- zsh ---- */

/* Inside '...': a quote ends it; in an _arguments spec brackets and colons mean something. */
static void zsh_text(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '\'') {
            buf_puts(b, "'\\''");
        } else if (strchr("[]:\\", *s)) {
            buf_printf(b, "\\%c", *s);
        } else {
            buf_putc(b, *s);
        }
    }
}

static void zsh_option(struct buf *b, const struct cli_option *o, const char *indent)
{
    buf_printf(b, "%s'%s--%s%s[", indent, o->kind == CLI_LIST ? "*" : "", o->name,
               o->kind == CLI_FLAG ? "" : "=");
    zsh_text(b, o->help);
    buf_putc(b, ']');
    if (o->kind != CLI_FLAG) {
        buf_putc(b, ':');
        zsh_text(b, o->arg);
        buf_putc(b, ':');
    }
    if (o->choices) {
        buf_printf(b, "(%s)", o->choices);
    } else if (o->is_path) {
        buf_puts(b, "_files");
    }
    buf_puts(b, "' \\\n");
}

static void zsh_options(struct buf *b, const struct cli_option *table, const char *indent)
{
    for (; table->name; table++) {
        zsh_option(b, table, indent);
    }
}

static void zsh_verb(struct buf *b, const struct cli_verb *v)
{
    buf_printf(b, "    %s)\n      _arguments $globals \\\n", v->name);
    zsh_options(b, v->options, "        ");
    buf_printf(b, "        '%s:%s:%s' ;;\n", v->max_operands < 0 || v->max_operands > 1 ? "*" : "1",
               v->max_operands == 0 ? "nothing" : "operand", v->takes_path ? "_files" : "");
}

static void put_zsh(struct buf *b, const struct cli_verbs *rooms)
{
    const struct cli_verb *v;
    buf_puts(b, "#compdef hfterm\n# zsh completion for hfterm; made by: hfterm completion zsh\n"
                "_hfterm() {\n"
                "  local context state line\n"
                "  typeset -A opt_args\n"
                "  local -a globals verbs\n"
                "  globals=( \\\n");
    zsh_options(b, CLI_GLOBAL_OPTIONS, "    ");
    buf_puts(b, "  )\n  verbs=( \\\n");
    for (size_t i = 0; (v = next_shown(rooms, &i));) {
        buf_printf(b, "    '%s:", v->name);
        zsh_text(b, v->summary);
        buf_puts(b, "' \\\n");
    }
    buf_puts(b, "  )\n"
                "  _arguments -C $globals '1:verb:->verb' '*::rest:->rest'\n"
                "  case $state in\n"
                "  verb) _describe verb verbs ;;\n"
                "  rest)\n"
                "    case $words[1] in\n");
    for (size_t i = 0; (v = next_shown(rooms, &i));) {
        zsh_verb(b, v);
    }
    buf_puts(b, "    esac ;;\n  esac\n}\n_hfterm \"$@\"\n");
}

/* ---- fish ---- */

static void fish_text(struct buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\') {
            buf_putc(b, '\\');
        }
        buf_putc(b, *s);
    }
}

static void fish_options(struct buf *b, const struct cli_option *table, const char *verb)
{
    for (; table->name; table++) {
        buf_puts(b, "complete -c hfterm");
        if (verb) {
            buf_printf(b, " -n '__fish_seen_subcommand_from %s'", verb);
        }
        buf_printf(b, " -l %s", table->name);
        if (table->letter) {
            buf_printf(b, " -s %c", table->letter);
        }
        if (table->choices) {
            buf_printf(b, " -x -a '%s'", table->choices);
        } else if (table->kind != CLI_FLAG) {
            buf_puts(b, table->is_path ? " -r -F" : " -x");
        }
        buf_puts(b, " -d '");
        fish_text(b, table->help);
        buf_puts(b, "'\n");
    }
}

static void put_fish(struct buf *b, const struct cli_verbs *rooms)
{
    const struct cli_verb *v;
    buf_puts(b, "# fish completion for hfterm; made by: hfterm completion fish\n"
                "complete -c hfterm -f\n");
    fish_options(b, CLI_GLOBAL_OPTIONS, NULL);
    for (size_t i = 0; (v = next_shown(rooms, &i));) {
        buf_printf(b, "complete -c hfterm -n __fish_use_subcommand -a %s -d '", v->name);
        fish_text(b, v->summary);
        buf_puts(b, "'\n");
        fish_options(b, v->options, v->name);
        if (v->takes_path) {
            buf_printf(b, "complete -c hfterm -n '__fish_seen_subcommand_from %s' -F\n", v->name);
        }
    }
}

/* ---- the verb ---- */

bool cli_completion(const struct cli_verbs *rooms, const char *shell, struct buf *out)
{
    static const struct {
        const char *shell;
        void (*put)(struct buf *b, const struct cli_verbs *rooms);
    } SHELLS[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    for (size_t i = 0; i < sizeof SHELLS / sizeof *SHELLS; i++) {
        if (strcmp(SHELLS[i].shell, shell) == 0) {
            SHELLS[i].put(out, rooms);
            return true;
        }
    }
    return false;
}

static int run_completion(const struct cli_globals *g, const struct cli_args *args)
{
    struct err e = ERR_INIT;
    struct buf script = BUF_INIT;
    struct cli_out out;
    if (!cli_completion(args->rooms, args->operands[0], &script)) {
        err_set(&e, ERR_USAGE, "no completion for the shell \"%.40s\"", args->operands[0]);
        err_remedy(&e, "There is one for bash, zsh and fish.");
        return cli_fail(&e);
    }
    cli_out_init(&out, g);
    fwrite(script.p, 1, script.n, out.f);
    buf_done(&script);
    return cli_out_done(&out);
}

static const struct cli_option COMPLETION_OPTIONS[] = {{.name = NULL}};

const struct cli_verb CLI_VERB_COMPLETION = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .summary = "print the shell completion script",
    .about = "",
    .options = COMPLETION_OPTIONS,
    .min_operands = 1,
    .max_operands = 1,
    .is_hidden = true,
    .run = run_completion,
};
