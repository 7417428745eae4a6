/* The settings: one table (contract 2), one checked object.
 *
 * Values come from the environment; a dotenv file (the --env option or
 * PARLEY_ENV_FILE) supplies those not set.  config_load() reports every
 * problem, not only the first.  A vendor's variables are a group: an incomplete
 * group is a problem, an absent one leaves `have_...` false and switches off
 * what needs it.  Strings live as long as the arena given to config_load().
 */
#ifndef PARLEY_BASE_CONFIG_H
#define PARLEY_BASE_CONFIG_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"

struct config {
	const char *public_base_url, *webhook_base_url, *redis_url;
	const char *state_dir, *data_dir;

	bool have_elevenlabs;
	const char *elevenlabs_api_key, *elevenlabs_voice_id, *elevenlabs_agent_id, *elevenlabs_webhook_secret;
	const char *elevenlabs_base_url;

	bool have_twilio;
	const char *twilio_account_sid, *twilio_auth_token, *twilio_caller_id, *twilio_base_url;
	double twilio_calls_per_second;

	bool have_linear;
	const char *linear_api_key, *linear_webhook_secret, *linear_base_url;
	const char *linear_screening_state, *linear_pass_state, *linear_fail_state;
	int linear_webhook_tolerance_s;

	bool have_cerebras;
	const char *cerebras_api_key, *cerebras_model, *cerebras_base_url;

	bool have_resend;
	const char *resend_api_key, *resend_webhook_secret, *resend_base_url;
	const char *email_from, *admin_email;

	bool have_supabase;
	const char *supabase_url, *supabase_service_role_key, *supabase_bucket;

	const char *orchestrator_api_key, *orchestrator_url;

	int session_ttl_s;
	int interview_keep_s; /* since the last change; never less than a link lives */
	int campaign_keep_s;  /* after its end; 0: for ever */
	int org_daily_invitations, org_daily_conversations;
	int contact_min_gap_s, contact_max_per_day;
	double speech_price_per_1000, call_price_per_minute; /* 0: not known */
	const char *price_currency;
	int sweep_after_s; /* how long after the start a conversation is first asked for */
	int job_lease_s;   /* longer than any step of a job takes */
	int vendor_timeout_s;

	unsigned char sources[64]; /* of each setting, enum setting_source; in the table's order */
};

/* Reads and checks everything.  Problems are written to `problems`, one line
 * each, without any value; returns how many there are.  env_file may be NULL. */
int config_load(struct config *cfg, struct arena *a, const char *env_file, struct buf *problems);

/* The settings one by one, as they stand, for people. */
enum setting_source { SETTING_DEFAULT, SETTING_ENVIRONMENT, SETTING_FILE };

struct setting_view {
	const char *name, *meaning;
	const char *group; /* the vendor's name, NULL: none */
	const char *value; /* NULL: not set, or a secret, which nobody is shown */
	const char *fallback;
	enum setting_source source; /* SETTING_DEFAULT: not set by anybody */
	bool secret, personal;      /* personal: an address or a number of somebody */
};

/* All of them in the table's order, in the arena; returns how many. */
size_t config_settings(const struct config *cfg, struct arena *a, struct setting_view **list);

/* The table as lines "NAME  default  meaning", for --help and the README. */
void config_describe(struct buf *out);

/* The setting's value is a secret: for redaction and tests. */
bool config_is_secret(const char *name);

/* True for text of the form local@domain that can stand in a mail header. */
bool config_is_email(struct str s);

#endif
