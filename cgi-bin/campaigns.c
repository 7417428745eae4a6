/* The JSON API of the campaigns' side: agents, campaigns, the do-not-call list. */
#include "app.h"
#include "campaign/api.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	static const struct app_options options = {
		.program = "campaigns",
		.usage = "usage: campaigns [--env FILE] [--check-config]\n\n"
			 "Answers /api/agents, /api/campaigns and /api/do-not-call: as FastCGI when started with\n"
			 "a listening socket as standard input, else one plain CGI request.\n",
	};
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &campaign_pages);
	app_close(&app);
	return code;
}
