/* The pages of the interviews: the board, one interview, transcripts that belong to none. */
#ifndef PARLEY_CONSOLE_INTERVIEWS_H
#define PARLEY_CONSOLE_INTERVIEWS_H

#include "web/route.h"

extern const struct route_table interviews_routes;

handler_fn interviews_board_page, interview_page_show, orphans_page;

/* What is shown of a stage and of a result: the tone of its badge. */
const char *stage_words(const char *stage);
const char *result_tone(const char *result);

#endif
