"""German."""

from __future__ import annotations

COPY = "Kopieren Sie das Snippet noch einmal, aus der Vorschau des Services oder Benutzers"
TOKEN = "Geben Sie im Snippet `getAccessToken` an: docs/authorize.md"
EVENTS = (
    "prüfen Sie das Event-Grid-Abonnement der ACS-Ressource (docs/deploy.md) und die Ressourcen-Id von ACS "
    "beim Mandanten"
)

TITLES: dict[str, str] = {
    "snippet_complete": "Das Snippet nennt einen Widget-Schlüssel und eine Id",
    "snippet_runs": "Das Snippet lässt sich ausführen",
    "snippet_script": "Die Seite lädt das Widget dieser Bereitstellung",
    "widget_key": "Der Widget-Schlüssel gehört einem Mandanten",
    "key_and_contact": "Widget-Schlüssel und Id gehören zusammen",
    "tenant_active": "Der Mandant ist aktiv",
    "interact_enabled": "Interact ist beim Mandanten aktiviert",
    "instant_messaging_enabled": "Instant Messaging ist beim Mandanten aktiviert",
    "contact_known": "Es gibt den Service oder Benutzer",
    "interact_licence": "Er hat eine Interact-Lizenz",
    "base_licence": "Der Service hat eine Enterprise- oder eine Contact-Center-Lizenz",
    "interact_active": "Er ist auf der Registerkarte Interact aktiviert",
    "modality_enabled": "Die Modalität ist aktiviert",
    "modality_exposed": "Die Modalität ist auf der Registerkarte Interact aktiviert",
    "workflow": "Ein Workflow des passenden Typs ist gewählt",
    "domain_template": "Wo der Zugriff eingeschränkt ist, ist eine Domänenvorlage gewählt",
    "origin_usable": "Die Seite hat einen Ursprung",
    "origin_allowed": "Die Domänenvorlage erlaubt den Ursprung",
    "template_rows": "Die Domänenvorlage nennt Domänen",
    "template_choice": "Die richtige Domänenvorlage ist gewählt",
    "token_in_page": "Wo die Autorisierung aktiviert ist, gibt die Seite ein Zugriffstoken an",
    "site_token": "Das Zugriffstoken wird angenommen",
    "site_clock": "Die Uhr des Servers der Website geht richtig",
    "challenge": "Die Prüfung ist eingerichtet",
    "rate_limits": "Keine Ratenbegrenzung ist ausgeschöpft",
    "concurrency_cap": "Der Service hat Platz für eine weitere Aufgabe",
    "acs": "ACS ist mit der Verbindungszeichenfolge erreichbar",
    "events": "Ereignisse von ACS kommen an",
    "push": "SignalR ist eingerichtet",
    "opening_hours": "Der Service ist jetzt geöffnet",
    "members": "Jemand kann die Unterhaltung übernehmen",
    "members_known": "Jedes Mitglied ist ein Benutzer des Mandanten",
    "members_licensed": "Jedes Mitglied hat eine Instant-Messaging-Lizenz",
    "members_registered": "Alle sind beim Chat-Bot registriert",
}

FIXES: dict[str, str] = {
    # the page
    "copy the snippet again, from the preview of the service or user": COPY,
    "copy the snippet again, from the preview of the contact": COPY,
    "paste the snippet of the page": "Fügen Sie das Snippet der Seite ein",
    "load {address}": "Laden Sie {address}",
    "name the address of the page": "Nennen Sie die Adresse der Seite",
    "name it, or paste the snippet of the page": "Nennen Sie ihn, oder fügen Sie das Snippet der Seite ein",
    "write {name} in the snippet": "Schreiben Sie {name} in das Snippet",
    "check the id in the snippet: copy it from the preview": (
        "Prüfen Sie die Id im Snippet: Kopieren Sie sie aus der Vorschau"
    ),
    "serve the page by http or https: files, sandboxed frames and data URLs have no origin": (
        "Liefern Sie die Seite über http oder https aus: Dateien, abgeschottete Frames und Daten-URLs haben keinen "
        "Ursprung"
    ),
    # tenant, service or user
    "set the tenant's state to active": "Setzen Sie den Zustand des Mandanten auf aktiv",
    "enable Interact in the tenant's Extensions tab": (
        "Aktivieren Sie Interact beim Mandanten auf der Registerkarte Erweiterungen"
    ),
    "enable Instant Messaging in the tenant's Modalities tab": (
        "Aktivieren Sie Instant Messaging beim Mandanten auf der Registerkarte Modalitäten"
    ),
    "assign an Interact licence in the General tab": (
        "Weisen Sie auf der Registerkarte Allgemein eine Interact-Lizenz zu"
    ),
    "assign an Enterprise or a Contact Center licence to the service": (
        "Weisen Sie dem Service eine Enterprise- oder eine Contact-Center-Lizenz zu"
    ),
    "activate Interact in the Interact tab": "Aktivieren Sie Interact auf der Registerkarte Interact",
    "enable it in the Modalities tab": "Aktivieren Sie sie auf der Registerkarte Modalitäten",
    "enable it in the Interact tab": "Aktivieren Sie sie auf der Registerkarte Interact",
    "enable the modality in the Interact tab as well": (
        "Aktivieren Sie die Modalität auch auf der Registerkarte Interact"
    ),
    "select a workflow of this type in the Modalities tab": (
        "Wählen Sie auf der Registerkarte Modalitäten einen Workflow dieses Typs"
    ),
    # access
    "select a domain template in the Interact tab": "Wählen Sie auf der Registerkarte Interact eine Domänenvorlage",
    "select the domain template '{template}' in the Interact tab": (
        "Wählen Sie auf der Registerkarte Interact die Domänenvorlage „{template}“"
    ),
    "add the domains of your pages": "Fügen Sie die Domänen Ihrer Seiten hinzu",
    "add a row for {origin}, or switch Restrict Access off to test": (
        "Fügen Sie eine Zeile für {origin} hinzu, oder schalten Sie zum Testen „Zugriff einschränken“ aus"
    ),
    # tokens of the site
    "give `getAccessToken` in the snippet: docs/authorize.md": TOKEN,
    "give `getAccessToken` in the snippet: docs/authorize.md; or switch Authorization off to test": (
        f"{TOKEN}; oder schalten Sie zum Testen die Autorisierung aus"
    ),
    "paste an access token that the site has made": "Fügen Sie ein Zugriffstoken ein, das die Website ausgestellt hat",
    "send the token as the site's server has made it, three parts with dots between": (
        "Senden Sie das Token so, wie der Server der Website es ausgestellt hat: drei Teile, durch Punkte getrennt"
    ),
    "sign with the algorithm that belongs to the key in the tenant's settings": (
        "Signieren Sie mit dem Algorithmus, der zum Schlüssel in den Einstellungen des Mandanten gehört"
    ),
    "name the key in `kid`, and publish it where the tenant's keys are": (
        "Nennen Sie den Schlüssel in `kid`, und veröffentlichen Sie ihn dort, wo die Schlüssel des Mandanten liegen"
    ),
    "mend the key in the tenant's Authorization: docs/authorize.md": (
        "Berichtigen Sie den Schlüssel in der Autorisierung des Mandanten: docs/authorize.md"
    ),
    "sign with the key that belongs to the one in the tenant's settings": (
        "Signieren Sie mit dem Schlüssel, der zu dem in den Einstellungen des Mandanten gehört"
    ),
    "put what docs/authorize.md lists into the token": "Nehmen Sie in das Token auf, was docs/authorize.md aufzählt",
    "make `iss` and the tenant's issuer the same, letter by letter": (
        "Schreiben Sie `iss` und den Aussteller beim Mandanten Buchstabe für Buchstabe gleich"
    ),
    "make `aud` and the tenant's audience the same, letter by letter": (
        "Schreiben Sie `aud` und die Zielgruppe beim Mandanten Buchstabe für Buchstabe gleich"
    ),
    "make a token for each chat, when it begins; if it was made just now, the clock is behind": (
        "Stellen Sie für jeden Chat ein Token aus, wenn er beginnt; wurde es eben erst ausgestellt, geht die Uhr nach"
    ),
    "set the clock of the server that makes the tokens: it is ahead": (
        "Stellen Sie die Uhr des Servers, der die Token ausstellt: Sie geht vor"
    ),
    "let the token live ten minutes at most": "Lassen Sie das Token höchstens zehn Minuten gelten",
    "ask the identity provider for the scope in the tenant's settings": (
        "Fordern Sie beim Identitätsanbieter den Bereich an, der in den Einstellungen des Mandanten steht"
    ),
    "make a token for each chat: each opens one": "Stellen Sie für jeden Chat ein Token aus: Jedes öffnet einen",
    "if the token was made just now, set the clock of the server that makes it": (
        "Wurde das Token eben erst ausgestellt, so stellen Sie die Uhr des Servers, der es ausstellt"
    ),
    # limits
    "complete the challenge": "Vervollständigen Sie die Prüfung",
    "name the secret that holds the secret key": "Nennen Sie das Geheimnis, in dem der geheime Schlüssel liegt",
    "wait, or widen the rate limit: docs/abuse.md": (
        "Warten Sie, oder erweitern Sie die Ratenbegrenzung: docs/abuse.md"
    ),
    "wait until one ends, or raise the concurrency cap": (
        "Warten Sie, bis eine endet, oder erhöhen Sie die Zahl gleichzeitiger Aufgaben"
    ),
    # ACS, events, push
    "use Check in the tenant's Extensions tab": (
        "Nutzen Sie „Prüfen“ beim Mandanten auf der Registerkarte Erweiterungen"
    ),
    "copy the resource id from the properties of the ACS resource; without it no chat event is taken": (
        "Kopieren Sie die Ressourcen-Id aus den Eigenschaften der ACS-Ressource; ohne sie zählt kein Chat-Ereignis"
    ),
    "name the secret with the connection string in the tenant's ACS connection string": (
        "Nennen Sie bei der ACS-Verbindungszeichenfolge des Mandanten das Geheimnis, in dem sie liegt"
    ),
    "put the connection string into this secret, or name the one that holds it": (
        "Legen Sie die Verbindungszeichenfolge in dieses Geheimnis, oder nennen Sie das, in dem sie liegt"
    ),
    "name a secret of this tenant: one with the tenant's id in its name": (
        "Nennen Sie ein Geheimnis dieses Mandanten: eines mit der Id des Mandanten im Namen"
    ),
    "name where the secret is: keyvault:NAME or env:NAME": (
        "Nennen Sie den Ort des Geheimnisses: keyvault:NAME oder env:NAME"
    ),
    "copy the connection string from the ACS resource, tab Keys, and save it once more": (
        "Kopieren Sie die Verbindungszeichenfolge aus der ACS-Ressource, Registerkarte Schlüssel, und speichern Sie "
        "sie noch einmal"
    ),
    "the access key was regenerated, or is of another resource: copy the connection string once more": (
        "Der Zugriffsschlüssel wurde neu erzeugt oder ist der einer anderen Ressource: "
        "Kopieren Sie die Verbindungszeichenfolge noch einmal"
    ),
    "let the resource issue chat tokens: its keys may be disabled, or a policy forbids it": (
        "Erlauben Sie der Ressource, Chat-Token auszustellen: Vielleicht sind ihre Schlüssel gesperrt, oder eine "
        "Richtlinie verbietet es"
    ),
    "check the name of the endpoint, and that this deployment may reach it; then try again": (
        "Prüfen Sie den Namen des Endpunkts und ob diese Bereitstellung ihn erreichen darf; versuchen Sie es dann "
        "noch einmal"
    ),
    "write a message in the preview, then look again; if none comes, check the Event Grid subscription of the ACS "
    "resource: docs/deploy.md, and the tenant's ACS resource id": (
        f"Schreiben Sie in der Vorschau eine Nachricht, und sehen Sie wieder nach; kommt nichts an, {EVENTS}"
    ),
    "if customers have written since, check the Event Grid subscription of the ACS resource: docs/deploy.md, and the "
    "tenant's ACS resource id": f"Haben Kunden seither geschrieben, {EVENTS}",
    "connect Azure SignalR Service: docs/deploy.md": "Verbinden Sie Azure SignalR Service: docs/deploy.md",
    # people
    "wait, or change the opening hours": "Warten Sie, oder ändern Sie die Öffnungszeiten",
    "add members to the service": "Fügen Sie dem Service Mitglieder hinzu",
    "see the conditions of members below": "Sehen Sie die Bedingungen der Mitglieder weiter unten an",
    "remove the member, or add the user": "Entfernen Sie das Mitglied, oder legen Sie den Benutzer an",
    "assign an Instant Messaging licence to each": "Weisen Sie jedem eine Instant-Messaging-Lizenz zu",
    "let each register with the chat bot in Teams: install the app once": (
        "Lassen Sie alle sich in Teams beim Chat-Bot registrieren: Dazu installieren sie einmal die App"
    ),
}
