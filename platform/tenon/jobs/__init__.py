"""In charge of what happens after the commit: events and jobs, written with the change they come of.

Knows no domain: an event is a name, a record and data; a job is the name of a duty and a payload. The database is
the truth: nothing written is lost, and no effect in the database happens twice, whoever dies when.
"""

from tenon.jobs import outbox
from tenon.jobs.carrying import Carrier, Dispatcher, RedisError
from tenon.jobs.crons import cron
from tenon.jobs.duties import Duty, GiveUp, Handlers, Outside, Schedule, Subscriber, Unsure
from tenon.jobs.events import Event
from tenon.jobs.health import Health, health, next_due
from tenon.jobs.holding import Holding
from tenon.jobs.job import Job
from tenon.jobs.managing import cancel, take_back
from tenon.jobs.pausing import Pause, held, outgoing_pause, pause_outgoing, resume_outgoing
from tenon.jobs.planner import Planner
from tenon.jobs.purging import purge
from tenon.jobs.relay import Relay, one_at_a_time
from tenon.jobs.units import Units, Versions
from tenon.jobs.worker import Worker, worker_name

__all__ = [
    "Carrier",
    "Dispatcher",
    "Duty",
    "Event",
    "GiveUp",
    "Handlers",
    "Health",
    "Holding",
    "Job",
    "Outside",
    "Pause",
    "Planner",
    "RedisError",
    "Relay",
    "Schedule",
    "Subscriber",
    "Units",
    "Unsure",
    "Versions",
    "Worker",
    "cancel",
    "cron",
    "health",
    "held",
    "next_due",
    "one_at_a_time",
    "outbox",
    "outgoing_pause",
    "pause_outgoing",
    "purge",
    "resume_outgoing",
    "take_back",
    "worker_name",
]
