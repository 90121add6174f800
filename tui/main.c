/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

int main(void)
{
    puts("hfterm " HFTERM_VERSION);
    return 0;
}
