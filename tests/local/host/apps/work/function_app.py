"""Queue, Event Grid and timer functions; what they did is to be read from GET /api/seen/{kind}."""

import json
import typing

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

STORAGE = "AzureWebJobsStorage"

seen: dict[str, list[object]] = {}


def note(kind: str, document: object) -> None:
    seen.setdefault(kind, []).append(document)


@app.route(route="seen/{kind}", methods=["GET"])
async def show(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps(seen.get(req.route_params["kind"], [])), mimetype="application/json")


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-jobs", connection=STORAGE)
async def on_job(message: func.QueueMessage) -> None:
    text = message.get_body().decode()
    note(
        "jobs",
        {
            "id": message.id,
            "text": text,
            "dequeueCount": message.dequeue_count,
            "popReceipt": message.pop_receipt,
            "inserted": str(message.insertion_time),
            "expires": str(message.expiration_time),
            "nextVisible": str(message.time_next_visible),
        },
    )
    if text == "always fails":
        raise RuntimeError("as asked for")
    if text == "fails once" and message.dequeue_count == 1:
        raise RuntimeError("as asked for")


@app.event_grid_trigger(arg_name="event")
@app.queue_output(arg_name="out", queue_name="%PREFIX%-events", connection=STORAGE)
def on_event(event: func.EventGridEvent, out: func.Out[str]) -> None:
    if event.event_type == "Fails":
        raise RuntimeError("as asked for")
    out.set(json.dumps({"id": event.id, "topic": event.topic, "data": event.get_json()}))


@app.queue_trigger(arg_name="message", queue_name="%PREFIX%-events", connection=STORAGE)
def on_forwarded_event(message: func.QueueMessage) -> None:
    note("events", message.get_json())


@app.event_grid_trigger(arg_name="event")
async def on_cloud_event(event: func.CloudEvent) -> None:
    note("cloud events", {"id": event.id, "source": event.source, "data": event.get_json()})


@app.route(route="fan-out", methods=["POST"])
@app.queue_output(arg_name="out", queue_name="%PREFIX%-jobs", connection=STORAGE)
async def fan_out(req: func.HttpRequest, out: func.Out[typing.List[str]]) -> func.HttpResponse:  # noqa: UP006 - the engine takes typing.List only
    out.set(["one", "two", "three"])
    return func.HttpResponse(status_code=202)


@app.timer_trigger(arg_name="timer", schedule="%TICK%")
async def on_tick(timer: func.TimerRequest) -> None:
    note("ticks", timer.past_due)


@app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *", run_on_startup=True)
async def on_startup(timer: func.TimerRequest) -> None:
    note("startups", timer.past_due)
