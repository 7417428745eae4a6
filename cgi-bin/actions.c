/* Answers the interview page's server actions; FastCGI or plain CGI. */
#include "app.h"
#include "net/http.h"
#include "screening/actions.h"
#include "web/serve.h"

int main(int argc, char **argv)
{
	const struct app_options options = { .program = "actions", .usage = "actions: the interview page's server actions (FastCGI or CGI program)\n",
					     .http = http_curl_new };
	struct app app;
	int code;

	if (!app_open(&app, &options, &argc, argv, &code))
		return code;
	code = serve(&app, &action_pages);
	app_close(&app);
	return code;
}
