/* The Lua scripts of scripts/, embedded by embed.sh.  Each file's head comment
 * says its keys, arguments and answer. */
#ifndef PARLEY_STORE_SCRIPTS_H
#define PARLEY_STORE_SCRIPTS_H

#include "store/store.h"

extern const struct script script_agent_delete;
extern const struct script script_agent_write;
extern const struct script script_call_change;
extern const struct script script_call_claim;
extern const struct script script_call_placed;
extern const struct script script_call_withdraw;
extern const struct script script_calls_newest;
extern const struct script script_campaign_complete;
extern const struct script script_campaign_delete;
extern const struct script script_campaign_delete_some;
extern const struct script script_campaign_move;
extern const struct script script_campaign_sweep;
extern const struct script script_campaign_write;
extern const struct script script_console_session_read;
extern const struct script script_counter_take;
extern const struct script script_do_not_call_add;
extern const struct script script_do_not_call_add_many;
extern const struct script script_do_not_call_page;
extern const struct script script_do_not_call_remove;
extern const struct script script_lead_hold;
extern const struct script script_lead_release;
extern const struct script script_leads_add;
extern const struct script script_list_newest;
extern const struct script script_mail_state;
extern const struct script script_operator_change;
extern const struct script script_operator_create;
extern const struct script script_operator_password;
extern const struct script script_orphan_attach;
extern const struct script script_orphan_discard;
extern const struct script script_queue_add;
extern const struct script script_queue_claim;
extern const struct script script_queue_end;
extern const struct script script_queue_revive;
extern const struct script script_queue_step;
extern const struct script script_redial_begin;
extern const struct script script_redial_step;
extern const struct script script_series_read;
extern const struct script script_session_associate;
extern const struct script script_session_create;
extern const struct script script_session_erase;
extern const struct script script_session_revoke;
extern const struct script script_sign_in_begin;
extern const struct script script_status_read;

#endif
