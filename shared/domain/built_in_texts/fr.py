"""French."""

from __future__ import annotations

SYSTEM_MESSAGES = {
    "incoming": "Vous avez un nouveau message instantané de $(Customer.DisplayName)",
    "end_question": "Voulez-vous terminer la conversation avec $(Customer.DisplayName) ?",
    "ended": "La conversation est terminée. $(Customer.DisplayName) l’a quittée.",
    "connected": "Vous êtes maintenant en relation avec $(User.DisplayName).",
    "ended_by_user": "$(User.DisplayName) a mis fin à la conversation.",
    "declined": "Personne ne peut répondre pour le moment. Veuillez réessayer plus tard.",
    "waiting": "Merci, $(Customer.DisplayName). Une personne de notre équipe sera à vous dans un instant.",
    "no_agent_available": "Malheureusement, personne n’est disponible pour le moment. Veuillez réessayer plus tard.",
    "out_of_hours": "Malheureusement, nous sommes fermés pour le moment.",
    "transferred": "Nous vous mettons en relation avec une autre personne.",
}

NOTICES = {
    "undelivered": "Le dernier message n’a pas pu être remis.",
    "after_the_end": "Cette conversation est terminée. Votre dernier message n’a pas été remis.",
    "ended": "Cette conversation est terminée.",
    "ended_by_administrator": "L’administration a mis fin à cette conversation.",
    "ended_by_agent": "Vous avez mis fin à cette conversation.",
    "ended_by_customer": "Le client ou la cliente a mis fin à cette conversation.",
    "customer_gone": "Le client ou la cliente a quitté cette conversation.",
    "too_fast": (
        "Vous écrivez très vite : vos derniers messages n’ont pas été remis. Veuillez patienter un instant, "
        "puis les renvoyer."
    ),
    "over_budget": (
        "Cette conversation est pleine : ce que vous écrivez maintenant n’est plus remis. Veuillez en "
        "commencer une nouvelle."
    ),
    "ended_over_budget": "Cette conversation est terminée, car trop de messages y ont été envoyés.",
    "customer_over_budget": (
        "Le client ou la cliente a épuisé cette conversation : les messages suivants ne sont plus remis."
    ),
    "message_budget_exceeded": (
        "Cette conversation a été interrompue, car le client ou la cliente a envoyé trop de messages."
    ),
    "message_deleted": "Ce message a été supprimé.",
    "position": "Vous êtes au rang $(Queue.Position) de la file d’attente.",
    "position_and_wait": (
        "Vous êtes au rang $(Queue.Position) de la file d’attente. Attente estimée : $(Queue.ExpectedWait) min."
    ),
}

WEEKDAYS: tuple[str, ...] = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
