import type { ChatTexts, LauncherTexts } from ".";

const openChat = "Ouvrir le chat";

export const launcher: LauncherTexts = {
  openChat,
  loadFailed: "Impossible de charger le chat. Réessayer",
};

/** `\u202f` and `\u00a0` are the spaces that French puts before ? and : without a line break. */
export const chat: ChatTexts = {
  openChat,
  closeChat: "Fermer le chat",
  dialogLabel: "Chat avec {name}",
  minimize: "Réduire",
  endChat: "Terminer le chat",
  unread: { one: "{count} message non lu", other: "{count} messages non lus" },
  untitled: "Chat",

  stateForm: "Nous sommes à votre écoute",
  stateWaiting: "Nous arrivons dans un instant",
  stateConnected: "{agent} est avec vous",
  stateConnectedUnnamed: "Vous êtes en ligne avec nous",
  stateEnded: "Ce chat est terminé",
  stateUnavailable: "Indisponible",

  formTitle: "Bonjour, comment pouvons-nous vous aider\u202f?",
  formTitleUser: "Écrivez à {name}",
  formIntro: "Dites-nous qui vous êtes et écrivez-nous.",
  name: "Nom",
  email: "E-mail",
  message: "Message",
  startChat: "Démarrer le chat",
  starting: "Démarrage…",

  errorNameMissing: "Veuillez indiquer votre nom.",
  errorNameLong: "100 caractères au maximum, s’il vous plaît.",
  errorEmailMissing: "Veuillez indiquer votre adresse e-mail.",
  errorEmail: "Veuillez indiquer une adresse e-mail complète.",
  errorMessageMissing: "Veuillez écrire un message.",
  errorMessageLong: {
    one: "Ce message est trop long de {count} caractère.",
    other: "Ce message est trop long de {count} caractères.",
  },
  errorMessageBytes: "Ce message est trop long. Veuillez l’envoyer en plusieurs parties.",
  errorField: "Veuillez vérifier ce champ.",

  notAllowed: "Ce chat n’est pas disponible sur cette page.",
  notAllowedHint: "Veuillez nous contacter par un autre moyen.",
  signIn: "Veuillez vous connecter sur cette page, puis réessayer.",
  offline: "Personne n’est disponible pour le moment.",
  offlineHint: "Veuillez réessayer plus tard.",
  busy: "Il y a beaucoup de demandes en ce moment.",
  busyWait: "Veuillez réessayer dans {wait}.",
  busyHint: "Veuillez réessayer dans un instant.",
  invalid: "Le formulaire contient une erreur. Veuillez le vérifier.",
  tryAgainLater: "Cela n’a pas fonctionné. Veuillez réessayer.",
  networkFailed: "Pas de connexion. Veuillez vérifier votre réseau et réessayer.",
  tryAgain: "Réessayer",
  challenge: "Contrôle de sécurité",
  challengeMissing: "Veuillez d’abord effectuer le contrôle de sécurité.",
  challengeRefused: "Le contrôle de sécurité a échoué. Veuillez l’effectuer à nouveau.",
  challengeFailed: "Le contrôle de sécurité n’a pas pu être chargé.",
  previousEnded: "Votre chat précédent est terminé.",

  conversation: "Conversation",
  you: "Vous",
  today: "Aujourd’hui",
  yesterday: "Hier",
  sending: "Envoi en cours",
  sent: "Envoyé",
  notSent: "Non envoyé",
  emptyWaiting: "Merci. Vous pouvez continuer à écrire, nous verrons tout.",
  newMessages: "Nouveaux messages",
  typeMessage: "Écrire un message",
  send: "Envoyer",
  charactersLeft: { one: "Encore {count} caractère", other: "Encore {count} caractères" },
  announceMessage: "{name}\u00a0: {text}",

  agentJoined: "{agent} a rejoint la conversation",
  someoneJoined: "Une personne de l’équipe a rejoint la conversation",
  chatEnded: "Le chat est terminé",
  chatDeclined: "Personne n’a pu répondre au chat",
  nobodyAvailable: "Personne n’est disponible pour le moment",
  undelivered: "Un message n’a pas pu être remis",
  edited: "modifié",

  bannerOffline: "Vous êtes hors ligne. Les messages partiront dès votre retour en ligne.",
  bannerLost: "Connexion perdue. Nouvel essai…",
  bannerThrottled: "Beaucoup de messages à la fois. Le prochain part dans {wait}.",

  endQuestion: "Terminer ce chat\u202f?",
  endExplanation: "Vous ne pourrez plus y écrire.",
  keepChatting: "Continuer le chat",
  ending: "Fin en cours…",
  endFailed: "Le chat n’a pas pu être terminé. Veuillez réessayer.",
  endedNotice: "Ce chat est terminé.",
  startNew: "Démarrer un nouveau chat",
};
