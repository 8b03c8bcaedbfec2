"""A function app that does nothing: what an HTTP call costs before any of our code runs."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.function_name("empty")
@app.route("empty", methods=["POST"])
async def empty(req: func.HttpRequest) -> func.HttpResponse:
    """Answer with nothing."""
    return func.HttpResponse(status_code=204)
