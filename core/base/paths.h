/* SPDX-License-Identifier: Apache-2.0 */
/* paths.h - where things lie: our own XDG folders and the official client's home.
 *
 * Ours:      $XDG_CONFIG_HOME/hfterm, $XDG_STATE_HOME/hfterm, $XDG_CACHE_HOME/hfterm.
 * The Hub's: HF_HOME, HF_HUB_CACHE, HF_TOKEN_PATH with the official defaults and fallbacks;
 *            "~" and "$VAR" are expanded as the official client does.
 * Ownership: every function returns an owned path (free), never NULL.
 */
#ifndef HFTERM_CORE_BASE_PATHS_H
#define HFTERM_CORE_BASE_PATHS_H

#include <stdbool.h>

char *paths_config(const char *leaf); /* leaf may be "" */
char *paths_state(const char *leaf);
char *paths_cache(const char *leaf);

char *paths_hf_home(void);
char *paths_hf_hub_cache(void);
char *paths_hf_token(void);

/* Installed data ("themes", "demo"): HFTERM_DATA_DIR, else beside the program when it runs from its
 * build folder, else DATADIR of the build. NULL when the leaf exists nowhere. */
char *paths_data(const char *leaf);

/* dir + "/" + leaf. */
char *paths_join(const char *dir, const char *leaf);

/* "~/x" and "$VAR/x" expanded. */
char *paths_expand(const char *path);

/* The official client's idea of a set variable: 1, ON, YES, TRUE in any case. */
bool paths_env_true(const char *name);

#endif
