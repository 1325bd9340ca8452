# Every word of the report in French. Type ordinary blanks and apostrophes: the program sets the
# narrow no-break ones. Each key must stand in en.ftl as well.

### Cover
report-title = Rapport d'audit et de dimensionnement
edition-technical = Édition du comité technique
cover-as-of = État jugé au
draft-mark = Projet
draft-why = Ce rapport reste un projet tant que ces points sont en blanc :
incomplete-mark = Audit interrompu : résultats partiels
client = Client
provider = Prestataire
auditors = Auditeurs
mandate = Mandat
insurance = Assurance :
signed-by = Signé par
from = du
to = au
and = et
of = sur
not-given = non renseigné
colophon = Arpenteur { $version }. État jugé au

draft-client = Nom du client
draft-client-name = Nom du client
draft-client-contact = Interlocuteur du client
draft-client-legal-id = Numéro d'immatriculation du client
draft-provider = Nom du prestataire
draft-provider-name = Nom du prestataire
draft-provider-contact = Interlocuteur du prestataire
draft-provider-legal-id = Numéro d'immatriculation du prestataire
draft-provider-insurance = Police d'assurance professionnelle du prestataire
draft-auditors = Noms des auditeurs
draft-mandate-reference = Référence du mandat
draft-mandate-signed-by = Signataire du mandat
draft-mandate-source-addresses = Adresses sources du mandat
draft-third-parties = Accord daté des tiers
draft-declared = Éléments déclarés
draft-declared-by = Auteur des déclarations
draft-incomplete = Audit interrompu avant la fin

### Key figures
glance = L'essentiel
glance-devices = équipements à l'inventaire
glance-devices-detail = observés : { $observed } ; déclarés : { $declared } ; non contactés (tiers) : { $not_contacted }
glance-assessed = vérifications jugées
glance-assessed-detail = { $unknown } restent sans réponse, avec leur motif
glance-score = score de conformité
of-100 = / 100
glance-score-detail = Vérifications réussies ÷ (réussies + en échec + sans réponse), pondérées par gravité, arrondi vers le bas. Ce qui n'a pas été vu compte contre le score.
glance-failed = constats à traiter
glance-price = Service mensuel estimé
per-month-ex-vat = HT par mois
per-month = par mois
glance-interval = Intervalle à 80 % : de
on-call-included = astreinte comprise
on-call-excluded = sans astreinte
glance-transition = Prise en charge (une fois, HT)
glance-remediation = Remise à niveau (à part, HT)
glance-apart = La remise à niveau n'est jamais comptée dans la prise en charge.
chart-likely = Probable
chart-low = Bas
chart-high = Haut
chart-all-low = Tout au plus bas :
chart-all-high = Tout au plus haut :
chart-interval-title = Prix mensuel : bas { $low }, probable { $likely }, haut { $high }
chart-tornado-title = Effet de l'incertitude de chaque ligne sur le prix mensuel
chart-grid-title = Constats par gravité et par effort de correction
chart-network-title = Schéma des liens entre { $count } équipements
chart-more = … et { $count } autres

### Contents
contents = Sommaire
section-scope = Mandat, périmètre et exclusions
section-method = Méthode, versions et réserves
section-network = Architecture
section-inventory = Inventaire
section-declared = Besoins et éléments déclarés
section-vigilance = Points de vigilance
section-findings = Constats
section-capacity = Capacité
section-levels = GTI et GTR par équipement
section-sizing = Dimensionnement
section-transition = Prise en charge
section-remediation = Remise à niveau
section-not-seen = Ce qui n'a pas été vu
annex-evidence = Annexe A. Index des preuves
annex-ledger = Annexe B. Registre des envois
annex-complaints = Annexe C. Réponses mal comprises

### Scope
scope-intro = L'audit a été mené sous le mandat « { $reference } », valable
scope-sources = Adresses sources autorisées par le mandat :
scope-sources-none = Le mandat ne nomme aucune adresse source.
scope-factory-yes = Le mandat autorise l'essai des identifiants d'usine.
scope-factory-no = Le mandat n'autorise pas l'essai des identifiants d'usine : les vérifications qui en dépendent restent sans réponse.
sites = Sites
site = Site
networks = Réseaux
exclusions = Exclusions
window = Plage horaire
timezone = Fuseau
none = aucun
any-hour = à toute heure
sites-none = Aucun site n'est déclaré : rien n'a pu être visité.
exclusions-none = Aucune exclusion n'est déclarée.
third-parties = Tiers
third-party = Tiers
third-parties-rule = Un équipement d'un tiers n'est contacté qu'avec son autorisation datée ; sinon, il ne reçoit aucun paquet.
third-parties-none = Aucun tiers n'est déclaré.
declared-devices = Équipements déclarés
authorisation = Autorisation
authorisation-none = aucune : non contacté

### Method
method-intro = Le programme parcourt les réseaux du périmètre, interroge chaque équipement en lecture seule, réunit les réponses en un inventaire, le juge selon un catalogue de vérifications, puis calcule la charge de travail. Chaque résultat renvoie aux échanges qui le prouvent ; les mêmes preuves donnent toujours le même rapport.
method-rate = Débit limité à { $all } paquets par seconde en tout et { $host } par équipement.
method-readonly = Aucune écriture SNMP, aucune commande de configuration, aucun octet vers les ports d'impression.
evidence-started = Première réponse
evidence-ended = Dernière réponse
judged-on = Date du jugement
addresses-asked = Adresses interrogées
exchanges-judged = Échanges jugés
addresses-from = Envois depuis
not-known = non connu
credentials = Comptes de lecture
credentials-intro = Comptes confiés par le client, par leur nom ; aucune valeur ne figure dans ce rapport.
credentials-none = Aucun compte n'a été confié : seul ce que les équipements montrent à tous a été lu.
whole-scope = tout le périmètre
name = Nom
kind = Type
versions = Versions
element = Élément
origin = Origine
program = Programme
built-in = livré avec le programme
own-file = fichier de l'utilisateur
reserves = Réserves
reserve-view = Les ports et services sont ceux que l'on voit depuis la place de la sonde.
reserve-unknown = Une information non lue donne « sans réponse », jamais « conforme ».
reserve-complete = Toutes les adresses prévues ont été traitées.
reserve-incomplete = L'audit a été interrompu : des adresses n'ont pas été traitées.
reserve-privileged = ARP et ICMP ont été employés pour la découverte.
reserve-unprivileged = ARP et ICMP n'ont pu être employés : des équipements muets ont pu échapper à la découverte.
reserve-foreign = Les preuves viennent de fichiers fournis : la manière dont elles ont été prises n'est pas connue.

### Architecture
network-intro = Le schéma montre les liens que les équipements annoncent eux-mêmes. Les équipements sans lien connu figurent dans l'inventaire seulement.
network-caption = Trait plein : équipement de l'inventaire ; tireté : voisin vu et non atteint.
links = Liens
links-none = Aucun lien : aucun équipement lu n'annonce de voisin (LLDP absent, fermé ou non lu).
device = Équipement
port = Port
seen-through = Vu par
evidence = Preuves
neighbours = Voisins vus et non atteints
neighbours-none = Aucun : tout voisin annoncé est à l'inventaire, ou aucun voisin n'est annoncé.
addresses = Adresses
description = Description
seen-by = Vu par
layer-outside = Non atteints
layer-edge = Bordure
layer-switching = Commutation
layer-wireless = Sans-fil
layer-servers = Serveurs
layer-other = Autres

### Inventory
inventory-intro = { $count ->
    [one] { $count } équipement, par site et par classe.
   *[other] { $count } équipements, par site et par classe.
    } « non lu » : l'information n'a pu être lue ; « – » : l'équipement n'en a pas, ou n'a pas été contacté.
inventory-none = Aucun équipement n'a répondu ni n'a été déclaré.
count-devices = { $count ->
    [one] { $count } équipement
   *[other] { $count } équipements
    }
address = Adresse
system = Système
model = Modèle
serial = N° de série
evidence-level = Niveau de preuve
details = Détails
identity = Identité
family = Famille
location = Emplacement
role = Rôle
owner = Responsable
criticality = Criticité déclarée
end-of-support = Fin de support
tags = Étiquettes
merged = Fusion
merged-by = poids { $weight } :
unread = non lu

### Declared
declared-by = Déclaré par
declared-by-nobody = Personne n'est nommé comme auteur des déclarations.
not-declared = non déclaré
users = Utilisateurs
workstations = Postes de travail
older = dont { $count } de plus de 4 ans
coverage-hours = Horaires de service
on-call = Astreinte
services = Services déclarés
services-none = Aucun service (SaaS, téléphonie, infonuagique, salle de visioconférence) n'est déclaré.
quantity = Quantité

### Vigilance
points = Ce qui demande attention d'abord
points-none = Aucun constat de gravité moyenne ou plus.
expected = Attendu :
point-fails = { $count ->
    [one] Non tenu par { $count } équipement.
   *[other] Non tenu par { $count } équipements.
    }
ends-of-support = Fins de support
support-none = Aucune fin de support passée ou à moins d'un an n'est déclarée.
support-past = dépassée
support-soon = dans l'année
support-source = Dates déclarées par le client.
class = Classe
state = État

### Findings
findings-intro = { $assessed } vérifications jugées sur { $total } : { $pass } réussies, { $fail } en échec ; { $unknown } restent sans réponse.
findings-none = Aucune vérification n'a été menée.
grid = Gravité et effort
grid-caption = Nombre de constats. En haut à gauche : ce qui est grave et vite corrigé.
checks-summary = Vue d'ensemble
check-sheets = Fiches
check = Vérification
desired-state = État attendu
severity = Gravité
fail = Échec
pass = Réussi
unknown = Sans réponse
not-applicable = Sans objet
error = Erreur
effort-of-fix = Effort :
check-counts = { $fail } en échec, { $pass } réussis, { $unknown } sans réponse, { $not_applicable } sans objet, { $error } en erreur
why = Pourquoi.
fix = Correction.
references = Références.
values-seen = Valeurs constatées
exchanges = Échanges
check-all-pass = { $count ->
    [one] Aucun échec : l'équipement jugé est conforme.
   *[other] Aucun échec : les { $count } équipements jugés sont conformes.
    }
check-none-judged = Aucun équipement n'a pu être jugé.
check-none-concerned = Aucun équipement n'est concerné.
unknown-devices = { $count ->
    [one] { $count } équipement sans réponse :
   *[other] { $count } équipements sans réponse :
    }
facts-missing = Informations manquantes :
check-error = Erreur de la vérification :

### Capacity
capacity-intro = Systèmes de fichiers, mémoire et processeurs au moment de l'audit. Un système de fichiers rempli à { $full } % ou plus est marqué.
capacity-none = Aucun équipement n'a livré sa capacité : elle se lit avec un compte SNMP ou SSH.
capacity-unread = { $count ->
    [one] La capacité de { $count } équipement observé n'a pas été lue.
   *[other] La capacité de { $count } équipements observés n'a pas été lue.
    }
capacity-limits = Les sauvegardes et les licences ne sont pas relevées par cette version : elles restent à vérifier avec le client.
processors = Processeurs
memory = Mémoire
free = disponible
filesystem = Système de fichiers
size = Taille
used = Utilisé
nearly-full = presque plein
percentage = { $value } %

### Service levels
levels-intro = GTI : garantie de temps d'intervention. GTR : garantie de temps de rétablissement. Fenêtre de service :
hours-a-year = heures par an
service-class = Classe de service
availability = Disponibilité
allowed-downtime = Arrêt toléré
recommended = Recommandé
tenable = Tenable aujourd'hui
minutes = min
best-effort = au mieux
a-year = / an
levels-lower = { $count ->
    [one] { $count } équipement ne peut tenir aujourd'hui la classe recommandée.
   *[other] { $count } équipements ne peuvent tenir aujourd'hui la classe recommandée.
    }
levels-all-tenable = Chaque équipement peut tenir aujourd'hui la classe recommandée.
restore-reserve = Sous réserve : aucune restauration n'a été démontrée.
by-device = Par équipement
what-blocks = Ce qui bloque
levels-none = Aucun équipement du périmètre n'a de classe de service.

### Sizing
sizing-intro = Charge et prix d'un mois de service, hors taxes. Chaque volume est observé, déclaré ou pris par défaut ; les coefficients sont ceux du modèle nommé en fin de section.
interval-caption = Bande : intervalle à 80 %. Trait : valeur probable. Axe : tous les coefficients au plus bas, tous au plus haut.
volumes = Volumes
volumes-intro = { $in_scope } équipements dans le périmètre, { $third_party } gérés par des tiers et non dimensionnés.
observed = Observés
declared = Déclarés
sized = Retenus
past-support = Hors support
at-third-party = Chez un tiers
counts-none = Aucun équipement à dimensionner.
lines = Lignes du service
line = Ligne
hours = Heures
euros-ex-vat = Euros HT
low-high = Bas – haut
on-call-fee = Forfait d'astreinte
total = Total
total-per-month = Total par mois
rounding = Calcul en décimal exact, sans arrondi intermédiaire ; arrondi au plus proche à l'impression, la moitié vers le haut. Une somme de valeurs imprimées peut donc différer d'un centime du total.
total-interval = L'intervalle du total est à 80 % : il est plus étroit que la somme des bornes des lignes.
lines-detail = Détail de chaque ligne
item = Objet
line-empty = Rien à compter sur cette ligne.
profiles = Profils
profile = Profil
on-call-detail = Équipements couverts : { $devices } ; par mois :
fte = Équivalents temps plein :
tickets = Tickets par mois :
uncertainty = Incertitude
uncertainty-intro = Équipements lus avec un compte : { $authenticated } ; reconnus sans compte : { $unauthenticated } ; non reconnus : { $unknown } ; éléments connus par déclaration seule : { $declared }. Visibilité
widening = l'intervalle est élargi d'un facteur
low = Bas
likely = Probable
high = Haut
all-low = Tout bas
all-high = Tout haut
hours-per-month = Heures par mois
euros-per-month = Euros par mois
reasons-intro = Ce qui élargit l'intervalle :
reasons-none = Rien n'élargit l'intervalle.
reason-not-authenticated = { $count ->
    [one] { $count } équipement vu sans compte ou non reconnu.
   *[other] { $count } équipements vus sans compte ou non reconnus.
    }
reason-declared-only = { $count ->
    [one] { $count } élément connu par déclaration seule.
   *[other] { $count } éléments connus par déclaration seule.
    }
reason-no-ticket-history = Pas d'historique de tickets du client : les volumes de tickets sont ceux du modèle. C'est le premier levier.
reason-assumed-coefficients = { $count ->
    [one] { $count } coefficient repose sur une hypothèse à étalonner.
   *[other] { $count } coefficients reposent sur une hypothèse à étalonner.
    }
tornado-caption = De combien chaque ligne, seule, fait varier le prix mensuel.
scopes = Selon le contrat
scopes-intro = Le même parc, par type de contrat.
scopes-none = Le modèle ne définit aucun type de contrat.
scope = Contrat
cross-checks = Comparaison avec des ratios publiés
cross-checks-intro = À titre de contrôle ; jamais utilisés dans le calcul.
cross-checks-none = Le modèle ne cite aucun ratio publié.
ratio = Ratio
here = Ici
published = Publié
verdict = Position
published-by = Source
coefficients = Coefficients
coefficients-built-in = Modèle livré avec le programme : aucun coefficient n'a été changé.
coefficients-own = Modèle de l'utilisateur : ses coefficients diffèrent de ceux livrés avec le programme.

### Transition and remediation
transition-intro = Travail fait une fois, à la reprise du parc. Aucune heure n'y vient d'un constat.
transition-none = Rien à reprendre : aucun équipement n'est dimensionné.
between = entre
remediation-intro = Correction des constats, plus tard et à part : jamais ajoutée à la prise en charge ni au service mensuel.
remediation-none = Aucun constat à corriger.
effort = Effort
findings-count = Constats
project-quotes = { $count ->
    [one] { $count } constat relève d'un devis de projet et n'est pas compté dans ces heures.
   *[other] { $count } constats relèvent d'un devis de projet et ne sont pas comptés dans ces heures.
    }

### Not seen
not-seen-intro = Ce que ce rapport ne peut affirmer, et pourquoi.
not-seen-here = Dans cet audit
not-seen-none = Rien à signaler : chaque équipement attendu a répondu et a été lu.
not-judged = Vérifications sans réponse, par motif
not-judged-none = Aucune : toutes les vérifications ont été jugées.
general-reserves = Réserves de tout audit de ce genre
reason = Motif
verdicts = Vérifications
not-seen-third-party-device = Équipements de tiers, non contactés
not-seen-not-authenticated = Équipements qui n'ont ouvert aucun accès
not-seen-not-recognised = Équipements non reconnus
not-seen-neighbour = Voisins annoncés et non atteints
not-seen-declared-not-found = Équipements déclarés et non trouvés
not-seen-excluded = Plages exclues
not-seen-unprivileged = Découverte sans ARP ni ICMP
not-seen-interrupted = Audit interrompu
not-seen-detail-unprivileged = Des équipements muets ont pu échapper à la découverte.
not-seen-detail-interrupted = Des adresses prévues n'ont pas été traitées.
general-reserve-off-or-unreachable = Équipements éteints ou injoignables pendant l'audit
general-reserve-unrouted-vlans = Réseaux locaux virtuels non routés vers la sonde
general-reserve-refused-protocols = Protocoles refusés par les équipements
general-reserve-cloud-services = SaaS, services infonuagiques et téléphonie hébergée
general-reserve-remote-workers = Postes des télétravailleurs
general-reserve-contracts-licences-tickets = Contrats, licences détenues et historique des tickets
general-reserve-restore-capability = Capacité réelle à restaurer une sauvegarde
general-reserve-third-party-devices = Équipements gérés par des tiers

### Annexes
annex-evidence-intro = Heures en temps universel (UTC). Les numéros d'échange cités dans les constats désignent les échanges de l'enregistrement dont voici l'empreinte.
audit-id = Identifiant de l'audit
sources-none = Aucun fichier de données n'est nommé.
left-out = Preuves écartées
left-out-intro = Preuves reçues pour des adresses que le périmètre n'autorise pas : elles n'ont pas été jugées.
left-out-none = Aucune : toutes les preuves viennent d'adresses autorisées.
target = Cible
ledger-intro = Paquets envoyés (TCP : connexions ouvertes) et authentifications tentées, par cible.
ledger-none = Aucun envoi : les preuves viennent d'un enregistrement, ou rien n'a été envoyé.
packets = Total
logins = Authentifications
failed-logins = dont refusées
complaints-intro = Réponses que le programme n'a pas su interpréter, dans ses propres termes.
complaints-none = Aucune : toutes les réponses ont été comprises.
complaint = Message

### Closed lists
severity-critical = Critique
severity-high = Élevée
severity-medium = Moyenne
severity-low = Faible
severity-info = Information
effort-S = S – petit
effort-M = M – moyen
effort-L = L – grand
effort-XL = XL – très grand
effort-Project = Projet
confidence-certain = certain
confidence-likely = probable
confidence-heuristic = indice
unread-not-authorised = non autorisé par le mandat
unread-no-credentials = aucun compte fourni
unread-denied = refusé par l'équipement
unread-timeout = pas de réponse à temps
unread-parse-failed = réponse non comprise
unread-unsupported = l'équipement ne sait pas répondre
unread-not-collected = non demandé
unread-not-enough-samples = trop peu de mesures
unread-stale = lecture trop ancienne
level-authenticated = lu avec un compte
level-unauthenticated = vu sans compte
level-declared = déclaré
level-unknown = non reconnu
level-not-contacted = non contacté
credential-snmp-v1 = Communauté SNMP v1
credential-snmp-v2c = Communauté SNMP v2c
credential-snmp-v3 = Utilisateur SNMP v3
credential-ssh = Compte SSH
source-catalogue = Catalogue des vérifications
source-families = Familles d'équipements
source-sizing = Modèle de dimensionnement
source-classes = Classes d'équipements
source-recording = Enregistrement des preuves
protocol-lldp = LLDP
chart-devices = { $count } équipements
protocol-cdp = CDP
protocol-fdb = adresse apprise
identity-serial-num = numéro de série
identity-machine-id = machine-id
identity-engine-id = moteur SNMP
identity-mac-address = adresse MAC
identity-chassis-id = châssis
identity-hostname = nom d'hôte
identity-locator = adresse
identity-ssh-host-key = clé d'hôte SSH
identity-address-table = table d'adresses
identity-product-uuid = UUID du produit
identity-declared = déclaration
coverage-business-hours = heures ouvrées
coverage-extended = horaires étendus
coverage-always = 24 h sur 24, 7 jours sur 7
on-call-wish-yes = souhaitée pour la classe A
on-call-wish-no = refusée
on-call-wish-not-declared = non déclaré
service-saas = SaaS
service-telephony = Téléphonie
service-cloud = Infonuagique
service-video-rooms = Salle de visioconférence
criticality-A = l'activité s'arrête
criticality-B = un service important s'arrête
criticality-C = confort dégradé d'un groupe
criticality-D = au mieux
role-core = cœur de réseau
role-access = accès
role-directory = annuaire
role-database = base de données
role-business-application = application métier
role-backup = sauvegarde
role-production = production
role-print = impression
origin-observed = observé
origin-declared = déclaré
origin-default = par défaut
level-origin-observed = déduite
level-origin-declared = déclarée
level-origin-default = déduite
tenable-end-of-support = hors support
profile-technician = Technicien
profile-administrator = Administrateur
profile-engineer = Ingénieur
profile-architect = Architecte
profile-project-lead = Chef de projet technique
line-l1 = Préventif postes et périphériques
line-l2 = Préventif infrastructure
line-l3 = Tickets des utilisateurs
line-l4 = Curatif équipements
line-l5 = Présence sur site
line-l6 = Coordination des tiers
line-l7 = Audit de conformité
line-l8 = Pilotage
line-l9 = Astreinte
level-of-service-governance = Pilotage
level-of-service-on-call = Astreinte
input-users = Utilisateurs
input-old-workstations = Postes de plus de 4 ans
input-sites = Sites
input-third-parties = Tiers
item-tickets-n1 = Tickets résolus par N1
item-ticket-intake = Accueil par N1 des tickets de N2 et N3
item-tickets-n2 = Tickets résolus par N2
item-tickets-n3 = Tickets résolus par N3
item-users = Utilisateurs
item-sites = Sites
item-third-parties = Tiers
item-reaudit = Nouvel audit du parc
item-committees = Comités
item-call-outs = Équipements de classe A sous astreinte
item-shadowing = Tuilage avec l'équipe sortante
item-briefing = Formation de N1
item-management = Pilotage de la prise en charge
on-call-reason-requested = Astreinte demandée par le client.
on-call-reason-coverage = Astreinte requise : un équipement de classe A est couvert au-delà des heures ouvrées.
on-call-reason-declined = Astreinte refusée par le client.
on-call-reason-not-needed = Aucun équipement de classe A ne demande d'astreinte.
contract-globale = Infogérance globale
contract-support = Support aux utilisateurs
contract-infrastructure = Infrastructure
contract-renfort-n2n3 = Renfort N2/N3
ratio-price-per-user = Euros par mois et par utilisateur
ratio-users-per-fte = Utilisateurs par équivalent temps plein
ratio-endpoints-per-fte = Postes et serveurs par équivalent temps plein
ratio-reactive-hours-per-endpoint = Heures curatives par mois et par poste ou serveur
ratio-transition-in-monthly-fees = Prise en charge en mois de service
verdict-below = au-dessous
verdict-within = dans la plage
verdict-above = au-dessus
verdict-not-computable = non calculable
remark-cautious-first-year = Prudent : première année après une reprise.
remark-estate-to-clean-up = La reprise coûte plus d'un mois de service : parc à remettre en ordre.
framework-anssi-hygiene = ANSSI, guide d'hygiène
framework-cis-v8 = CIS Controls v8
framework-iso27001-2022 = ISO/IEC 27001:2022
framework-nis2-21-2 = NIS 2, art. 21.2
denial-unknown-site = site inconnu
denial-out-of-scope = hors du périmètre
denial-excluded = exclu
denial-third-party-without-authorisation = tiers sans autorisation
denial-not-a-host-address = n'est pas une adresse d'hôte
denial-outside-the-site-s-hours = hors des heures du site
denial-outside-the-mandate-s-dates = hors des dates du mandat

### Dates and units
date = { $day ->
    [1] 1er
   *[other] { $day }
    } { $month } { $year }
datetime = { $date } à { $time } ({ $zone })
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre
unit-b = { $value } o
unit-kib = { $value } Kio
unit-mib = { $value } Mio
unit-gib = { $value } Gio
unit-tib = { $value } Tio

## Ligne de commande : messages
cli-init-written = { $file } est écrit : complétez-le, puis lancez « arpenteur plan ».
cli-replay-only = audit.yaml nomme des enregistrements à rejouer (replay:) : aucun paquet ne sera envoyé.
cli-replaying = Rejeu d’enregistrements : aucune connexion réseau n’est ouverte.
cli-unprivileged = Sans privilège : { $reason }. ARP et ICMP ne seront pas utilisés ; des équipements silencieux peuvent manquer.
cli-unread-lines = { $file } : { $count } lignes illisibles laissées de côté.
cli-plan-site = Site { $site } : { $targets } adresses à interroger, { $excluded } exclues.
cli-plan-third-party = { "  " }Tiers sans autorisation « { $party } » : { $count } adresses jamais contactées.
cli-plan-credentials = { "  " }Identifiants essayés, dans cet ordre : { $names }.
cli-plan-closed = { "  " }En ce moment rien ne partirait : { $reason }.
cli-plan-probes = Sondes : ARP sur les réseaux attachés, écho ICMP, SNMP (UDP 161), TFTP (UDP 69), TCP { $ports }.
cli-plan-total = Au total : { $targets } adresses, { $min } à { $max } paquets, au plus { $logins } connexions refusées, { $shortest } à { $longest } s.
cli-plan-overlap = Attention : les sites { $a } et { $b } ont des adresses communes ; leurs équipements sont distingués par le site.
cli-found = Trouvé : { $target }
cli-finished = Terminé : { $target }
cli-progress = { $done }/{ $total } adresses, { $hosts } équipements
cli-progress-hosts = { $hosts } équipements
cli-interrupted = Interrompu : ce qui a été vu est conservé et marqué incomplet. « arpenteur resume { $dir } » termine sans rien répéter.
cli-scanned = Preuves enregistrées dans { $dir }
cli-audited = { $devices } équipements ; { $assessed } contrôles évalués sur { $total } ; { $fail } échecs, { $unknown } inconnus.
cli-sized = Charge mensuelle : { $likely } (entre { $low } et { $high }).
cli-report = Rapport : { $file }
cli-exported = Écrit : { $file }
cli-explain-families = Reconnu comme { $families }
cli-explain-absent = absent
cli-explain-unread = non lu : { $why }
cli-explain-disagreed = autrement : { $value } ({ $sure } ; { $by })
cli-explain-items = { $count } éléments
cli-explain-single = Une seule adresse : rien n’a été fusionné.
cli-explain-undo = Pour défaire une fusion, lister les adresses sous declared.separate_devices dans audit.yaml ; pour en forcer une, sous declared.same_device.
cli-explain-one = Un seul équipement : { $weight } (à partir de { $enough }).
cli-explain-two = Deux équipements : { $weight } (un seul à partir de { $enough }).
cli-explain-several = Plusieurs équipements se nomment « { $name } » : désignez-en un par son adresse.
cli-tests-passed = { $count } essais réussis.
cli-tests-failed = { $failed } essais en échec sur { $count }.
cli-mutant-survives = { $check } : aucun de ses essais ne remarque ce changement : { $change }
cli-mutants = { $count } changements faits exprès, { $survivors } non remarqués.
cli-lint-clean = Rien à redire : { $count } fichiers.
cli-family-recognise = Reconnu par :
cli-family-ask = Demande :
cli-family-read = Lit :
cli-unknown-id = « { $id } » est inconnu.

## Aide
help = Audit et inventaire automatisés pour les infogérants
help-init = Écrit un audit.yaml commenté
help-plan = Dit ce qu’un scan enverrait ; n’envoie rien
help-scan = Mène le scan : la seule commande qui envoie du trafic d’audit
help-audit = Mène le scan, juge, dimensionne et écrit le rapport
help-audit-last = Juge à nouveau le dernier passage ; n’envoie rien
help-audit-replay = Prend les preuves dans des enregistrements, des .snmprec ou des sorties de snmpwalk ; n’envoie rien
help-audit-config = Ajoute aux preuves la configuration courante d’un équipement réseau ; @ADRESSE : celle de l’équipement à cette adresse, sinon de celui que le fichier nomme
help-audit-offline = N’envoie rien : juge les fichiers seuls
help-resume = Termine un passage interrompu, puis juge, dimensionne et écrit le rapport
help-export = Exporte les résultats du dernier passage
help-export-to = Format : tout (json), l’inventaire (csv et les formats d’autres outils), les verdicts (sarif, junit, oscal)
help-export-out = Dossier où écrire
help-option-identity = Identité age qui ouvre les fichiers chiffrés ; par défaut : le fichier que nomme ARPENTEUR_IDENTITY
help-option-encrypt-to = Chiffre enregistrement et résultats pour ce destinataire age (age1…) ; peut être répété
help-decrypt = Écrit en clair des fichiers chiffrés d’un passage
help-decrypt-files = Fichiers dont le nom finit par .age
help-decrypt-out = Dossier où écrire
help-schedule = Écrit un minuteur systemd ou une ligne pour cron qui audite à intervalles réguliers
help-schedule-every = Fréquence : chaque jour, chaque lundi ou le premier de chaque mois
help-schedule-at = Heure, dans le fuseau du premier site (cron : celui de la machine)
help-schedule-as = Ce qui le lance : un minuteur et un service systemd, ou une ligne pour crontab
help-schedule-out = Dossier où écrire les unités, par exemple /etc/systemd/system ; par défaut : les afficher
help-option-notify = Dit le résultat du passage à ceux que audit.yaml nomme sous notify
cli-schedule-enable = Ensuite : systemctl daemon-reload && systemctl enable --now { $timer }
cli-schedule-until = Le mandat finit le { $date } : passé ce jour, chaque audit programmé refuse, et le dit.
notify-subject = Audit de { $client } : { $outcome }
notify-exit-0 = rien de nouveau
notify-exit-1 = constats nouveaux ou aggravés
notify-exit-2 = l’audit n’a pas pu avoir lieu
notify-exit-3 = l’audit est incomplet
notify-devices = Passage { $run } : { $devices } équipements, dont { $new } nouveaux ; { $missing } équipements de passages précédents n’ont pas été retrouvés.
notify-mandate = Le mandat finit le { $date }.
help-export-mapping = Noms des rôles, des sites et des constructeurs chez le client ; par défaut, tels que relevés
xlsx-sheet-devices = Équipements
xlsx-sheet-interfaces = Interfaces
xlsx-sheet-addresses = Adresses
xlsx-sheet-links = Liens
xlsx-sheet-components = Composants
xlsx-name = Nom
xlsx-site = Site
xlsx-class = Classe
xlsx-address = Adresse
xlsx-manufacturer = Constructeur
xlsx-model = Modèle
xlsx-serial = Numéro de série
xlsx-os = Système d’exploitation
xlsx-version = Version
xlsx-location = Emplacement
xlsx-role = Rôle
xlsx-owner = Responsable
xlsx-criticality = Criticité
xlsx-support = Fin de support
xlsx-third-party = Tiers
xlsx-id = Identifiant Arpenteur
xlsx-device = Équipement
xlsx-interface = Interface
xlsx-description = Description
xlsx-enabled = Activée
xlsx-state = État
xlsx-mac = Adresse matérielle
xlsx-speed = Débit (bit/s)
xlsx-mtu = MTU
xlsx-aggregate = Agrégat
xlsx-untagged = VLAN non étiqueté
xlsx-tagged = VLAN étiquetés
xlsx-prefix = Longueur du préfixe
xlsx-other-device = Autre équipement
xlsx-other-interface = Autre interface
xlsx-component = Composant
xlsx-kind = Type
help-checks = Le catalogue des contrôles
help-checks-list = Liste tous les contrôles
help-checks-explain = Dit pourquoi un contrôle dit ce qu’il dit d’un équipement
help-checks-explain-id = Identifiant du contrôle, par exemple SSH-006
help-checks-test = Lance les essais que portent les contrôles
help-checks-test-ids = Identifiants de contrôles ; tous si aucun n’est donné
help-checks-test-mutants = Casse aussi chaque contrôle stable exprès : ses propres essais doivent le remarquer
help-checks-lint = Cherche ce qu’un relecteur reprocherait
help-identify = Dire ce que sont les équipements enregistrés
help-identify-files = Enregistrements, fichiers .snmprec ou sorties de snmpwalk
help-identify-jsonl = Écrire une ligne JSON par équipement
help-explain = Montrer sur quoi une réponse repose
help-explain-device = Chaque fait d’un équipement, avec ses preuves et ce qui les contredit
help-explain-device-path = Le dossier d’audit, ou l’enregistrement d’un équipement
help-explain-device-device = Nom, adresse ou identifiant d’un équipement du dossier d’audit
help-explain-merge = Pourquoi des adresses sont un même équipement, ou non
help-explain-merge-device = Une adresse, ou le nom ou l’identifiant d’un équipement
help-explain-merge-other = Une autre adresse : pourquoi les deux sont un équipement ou deux
help-families-read = Affiche les faits qu’une famille lit dans la sortie de commandes
help-families-read-id = Identifiant de famille, comme cisco/ios
help-families-read-outputs = Une ligne de commande et le fichier qui contient sa sortie, comme "show version=version.txt"
help-families-docs = Écrit une page Markdown par famille
help-families-docs-out = Dossier où écrire
help-families-lint = Cherche ce qu’un relecteur reprocherait
help-identify-banner = Les fichiers contiennent des bannières de services : lignes JSON avec protocol et banner, ou protocole TAB bannière
help-banners = Les bannières de services
help-banners-list = Liste les protocoles et leur nombre d’empreintes
help-banners-test = Compile les motifs et exécute les exemples
help-banners-explain = Dit ce qu’une bannière révèle
help-banners-explain-protocol = Protocole, comme ssh
help-banners-explain-text = La bannière
help-families = Les familles d’équipements
help-families-list = Liste toutes les familles
help-families-explain = Explique une famille
help-families-explain-id = Identifiant de la famille, par exemple net-snmp/linux
help-families-test = Lance les exemples que portent les familles
help-models = Le modèle de dimensionnement et les classes d’équipements
help-models-lint = Vérifie les modèles
help-models-explain = Affiche les classes d’équipements
help-schema = Affiche un schéma publié
help-schema-which = Lequel
help-option-dir = Le dossier d’audit
help-option-lang = Langue des messages, fr ou en ; par défaut celle de la locale
help-option-json = Affiche les résultats en JSON
help-option-quiet = N’affiche que les erreurs
help-option-verbose = En dit plus ; deux fois : chaque question
cli-store-unusable = La base des passages ne peut pas servir ; l’audit continue avec les seuls fichiers du dossier. { $reason }
help-option-store = Base des passages : sqlite:CHEMIN ou postgres://UTILISATEUR@HÔTE/BASE ; par défaut ARPENTEUR_STORE, sinon un fichier de l’utilisateur
help-history = Dit ce que chaque passage a vu d’un équipement, et ce qui a changé entre deux passages
help-history-device = Nom, adresse, numéro de série ou identifiant
help-show = Liste les passages jugés, ou montre un équipement tel que le dernier passage l’a vu
help-show-device = Nom, adresse, numéro de série ou identifiant
help-store = La base des passages de tous les audits
help-store-rebuild = Refait l’index à partir des dossiers de passages
help-store-rebuild-dirs = Dossiers d’audit, en plus de ceux que la base connaît
cli-history-unseen = (non vu)
cli-several-devices = Plusieurs équipements répondent à « { $id } » : désignez-en un par son identifiant : { $ids }
cli-show-run = { $date }  { $name }  { $devices } équipements, { $failed } échecs
cli-show-run-incomplete = { $date }  { $name }  { $devices } équipements, { $failed } échecs (incomplet)
cli-show-identity = Identité : { $key } { $value } ; vu du { $first } au { $last }. Reconnu par :
cli-store-folder-gone = { $dir } n’est pas là : ses passages restent dans l’index. S’il a changé de place, nommez-le.
cli-store-left-out = Passage { $run } laissé de côté : { $reason }
cli-store-rebuilt = { $dir } : { $runs } passages indexés.
device-event-appeared = apparu
device-event-disappeared = disparu
device-event-altered = modifié
device-field-name = nom
device-field-site = site
device-field-class = classe
device-field-state = état
device-field-addresses = adresses
device-field-vendor = constructeur
device-field-model = modèle
device-field-serial = numéro de série
device-field-os = système
device-field-version = version
device-field-units = membres de la pile
device-field-criticality = criticité
help-gc = Supprime les anciens passages ; sans --apply, dit seulement lesquels
help-gc-dir = Le dossier d’audit ; par défaut tous ceux que la base connaît
help-gc-keep = Passages jugés qui restent, les plus récents
help-gc-apply = Les supprime
cli-gc-keep = Le dernier passage n’est jamais supprimé : --keep vaut au moins 1.
cli-gc-would = { $runs } passages seraient supprimés ; --apply les supprime.
cli-gc-done = { $runs } passages supprimés.
help-option-data = Dossier dont checks/, families/, models/ et templates/ complètent ou remplacent les fichiers intégrés
help-option-allow-inline-secrets = Accepte des secrets en clair dans audit.yaml
help-option-unprivileged = N’utilise pas les sockets brutes (ARP, ICMP), même si elles sont permises
help-option-as-of = Date du jugement (RFC 3339) ; par défaut la fin des preuves
help-option-fail-on = Sort avec 1 si un contrôle de cette gravité ou pire échoue ; new-… : s’il est nouveau ou aggravé par rapport au passage comparé
help-option-profile = Les choix du client : contrôles, paramètres, dérogations ; par défaut profile.yaml du dossier d’audit
help-option-baseline = Compare avec ce passage ; par défaut le dernier passage jugé avant
help-exit-codes =
    Codes de sortie :
      0  complet, aucun constat à partir de --fail-on
      1  constats à partir de --fail-on
      2  n’a pas pu s’exécuter
      3  incomplet, ou un contrôle s’est terminé en erreur

# What changed between two runs.
help-diff = Dit ce qui a changé entre deux passages jugés
help-diff-before = Le dossier du premier passage, ou son results.json
help-diff-after = Le dossier du second passage, ou son results.json
cli-drift = { $new } nouveaux, { $worsened } aggravés, { $unchanged } inchangés, { $lost } qu’on ne voit plus, { $fixed } corrigés, { $gone } disparus.
change-new = nouveau
change-worsened = aggravé
change-unchanged = inchangé
change-lost = non visible
change-fixed = corrigé
change-gone = disparu

# Dérive, dérogations, accès, conformité.
section-drift = Ce qui a changé depuis l’audit précédent
drift-since = Comparé à l’audit du
drift-none = Rien de ce qui échouait n’a changé.
change = Changement
items-changed = Éléments
tiers = Quel accès répondrait
tiers-intro = Contrôles restés inconnus, selon l’accès qui répond d’abord à leurs faits. La troisième colonne compte ceux auxquels un compte, une autorisation ou une déclaration répondrait : la première ligne dit quoi demander au client.
access = Accès
unknown-verdicts = Inconnus
for-want-of-access = Faute d’accès
checks = Contrôles
devices = Équipements
tier-probe = Ports et salutations, sans compte
tier-snmp = Compte SNMP
tier-login = Compte SSH, ou la configuration en fichier
tier-declaration = Déclaration du client
tier-inventory = Ce que l’inventaire déduit
waivers = Dérogations
waivers-intro = Une dérogation ne change aucun verdict : elle s’écrit à côté. Échue ou sans objet, elle est elle-même un constat (WVR).
waiver-scope = Limitée à
everything = tout
approved-by = Approuvée par
until = Échéance
covers = Couvre
waived = Dérogation jusqu’au
waiver-expired = échue
waiver-soon = échéance proche
section-compliance = Mesures de référentiels publiés
compliance-intro = Le lien entre nos contrôles et ces mesures est le nôtre : ce n’est ni une certification, ni une correspondance officielle. Une mesure demande plus que ce que ses contrôles voient.
compliance-coverage = { $assessed } mesures évaluées sur { $supported } que nos contrôles appuient ; le référentiel en compte { $measures }.
compliance-silent = Appuyées, sans verdict ici :
measure = Mesure
checks-behind = Contrôles
measure-fail = écarts
measure-unknown = en partie inconnue
measure-waived = dérogation
measure-pass = aucun écart vu
help-checks-show = Dit ce qu’un contrôle demande, à qui, pourquoi, et comment corriger
help-checks-show-id = Identifiant du contrôle, par exemple SSH-006
help-checks-explain-device = Équipement par son nom, son adresse ou son identifiant ; l’identifiant d’un site pour un contrôle du site entier
help-checks-explain-dir = Le dossier d’audit
help-checks-new = Écrit un nouveau contrôle avec ses essais, à compléter
help-checks-new-id = Identifiant avec un préfixe à vous, par exemple ACME-001
help-checks-new-out = Dossier de données où écrire (sous checks/), comme pour --data
help-checks-docs = Écrit la référence de tous les contrôles en Markdown, dans les deux langues
help-checks-docs-out = Dossier où écrire
cli-not-judged = { $check } n’a pas jugé { $device } : hors du profil, ou l’équipement n’a pas répondu
cli-waived = dérogation jusqu’au { $until } : { $reason }
outcome-pass = réussi
outcome-fail = échec
outcome-unknown = inconnu
outcome-error = erreur
# Exports pour les machines : les verdicts en mots.
export-passed = Conforme : { $title }
export-failed = Non conforme : { $title }
export-unknown = Non vérifié ({ $why }) : { $title }
export-not-applicable = Sans objet : { $title }
export-error = Le contrôle lui-même a échoué ({ $message }) : { $title }
export-fixed = En échec auparavant, ne l’est plus : { $title }
export-gone = En échec auparavant ; l’équipement ou le contrôle n’est plus là : { $title }
export-waived = Accepté jusqu’au { $until } : { $reason } (responsable { $owner }, approuvé par { $by })
export-interrupted = La collecte a été interrompue : les preuves sont incomplètes.
export-own-files = Fichiers de l’audit
export-title = Audit technique de { $client }
export-coverage = { $assessed } contrôles évalués sur { $total } ; ce qui n’a pas pu l’être a une observation et pas de constat.
export-controls = Les contrôles du catalogue d’Arpenteur, par leur identifiant.
export-role-assessor = Auditeur
export-role-client = Client
export-resource-mandate = Mandat de l’audit, à la place d’un plan d’évaluation
export-resource-catalogue = Catalogue de contrôles d’Arpenteur, à la place d’un référentiel
export-resource-recording = Enregistrement des réponses, recording.jsonl.gz du dossier du passage
export-reason = { $why } : { $fact }
outcome-not-applicable = sans objet
# La commande « findings ».
findings-remedy = Corriger : { $fix }   Effort : { $effort }
findings-new-since = Nouveau depuis le { $date }
findings-coverage = Évalués { $assessed }/{ $total } · réussis { $pass } · échoués { $fail } · inconnus { $unknown } · dérogations { $waivers }
findings-expiry = ({ $count ->
    [one] { $count } expire le { $date }
   *[other] { $count } expirent le { $date }
  })
findings-tier = { $tier } : { $unknown } verdicts inconnus ({ $checks } contrôles, { $devices } équipements), dont { $access } faute d’accès
findings-best-tier = L’accès qui répondrait au plus : { $tier }
help-findings = Liste les constats du dernier passage
help-findings-all = Tous les verdicts, et pas seulement les échecs et les erreurs
help-findings-check = De ce contrôle seulement, par exemple SSH-006
help-findings-device = De cet équipement ou de ce site seulement : nom, adresse ou identifiant
measure-unjudged = pas jugée
waived-count = Dérogations
# La commande « cmdb ».
help-cmdb = Porte l’inventaire dans une base de gestion des configurations nommée dans audit.yaml ; n’écrit rien sans « apply »
help-cmdb-dir = Le dossier d’audit
help-cmdb-plan = Lit la cible et dit ce qui serait écrit ; n’écrit rien
help-cmdb-plan-dir = Le dossier d’audit
help-cmdb-apply = Exécute un plan, ou termine celui qui a été interrompu
help-cmdb-apply-dir = Le dossier d’audit
help-cmdb-apply-plan = Le plan ; par défaut : le plus récent
help-cmdb-rollback = Défait ce qu’un plan a écrit, sauf ce qui a changé depuis
help-cmdb-rollback-dir = Le dossier d’audit
help-cmdb-rollback-plan = Le plan ; par défaut : le plus récent qui a été appliqué
help-cmdb-retire = Liste les équipements qu’on ne trouve plus, et les marque avec --apply
help-cmdb-retire-dir = Le dossier d’audit
help-cmdb-retire-apply = Les marquer dans la cible
help-option-to = Nom de la cible dans audit.yaml
cmdb-planned = À créer : { $create } · à modifier : { $update } · déjà en ordre : { $unchanged } · conflits : { $conflicts } · conservés : { $kept } · sans place : { $unplaced }
cmdb-saved = Plan : { $file } ; rien n’a été écrit dans la cible
cmdb-applied = Créés : { $created } · modifiés : { $updated } · déjà faits : { $already } · non faits : { $conflicts }
cmdb-rolled-back = Supprimés : { $deleted } · rétablis : { $restored }
cmdb-left-changed = { $object } : modifié depuis, laissé tel quel
cmdb-left-refused = { $object } : le serveur refuse : { $words }
cmdb-failed-changed = { $object } : modifié depuis que le plan a été fait ; refaire un plan
cmdb-failed-depends = { $object } : ce à quoi il se rattache n’a pas été créé
cmdb-failed-refused = { $object } : le serveur refuse : { $words }
cmdb-kept = { $object } : { $field } reste { $theirs } (chez nous : { $ours })
cmdb-missing = { $object } : pas vu, { $missed } passages complets de suite
cmdb-missing-due = { $object } : pas vu, { $missed } passages complets de suite ; « retire » le marquerait
cmdb-retire-incomplete = le dernier passage n’a pas vu tout son périmètre : rien n’est retiré
    help: le terminer avec « arpenteur resume », ou scanner de nouveau
cmdb-retire-too-many = { $due } des { $all } équipements du client dans la cible seraient retirés, soit plus de { $percent } % : aucun ne l’est
    help: en chercher d’abord la raison ; « retire: {"{"}at_most_percent: N{"}"} » de la cible fixe la limite
cmdb-glpi-rollback = l’interface d’inventaire de GLPI ne reprend rien : ce qui a été envoyé ne peut pas être défait d’ici
    help: supprimer les éléments concernés dans GLPI
cmdb-glpi-retire = l’interface d’inventaire de GLPI ne retire rien : un équipement absent y reste
    help: dans GLPI, régler la purge des agents sans contact (Administration > Inventaire)
cmdb-retire-dry = Rien n’a été écrit ; « --apply » les marque
cmdb-note-ambiguous-id = { $object } : plusieurs équipements portent l’identifiant { $id }
cmdb-note-ambiguous-serial = { $object } : plusieurs équipements ont le numéro de série { $serial } ({ $others }) ; le corriger là-bas, ou écrire l’identifiant de { $object } dans le bon
cmdb-note-serial-of-other = { $object } : le numéro de série { $serial } est celui de { $other }, qui porte l’identifiant d’un autre de nos équipements
cmdb-note-same-object = { $object } : un autre équipement de l’inventaire est déjà { $other }
cmdb-note-name-taken = { $object } : le nom y est pris par un équipement de numéro de série « { $theirs } » (le nôtre : « { $serial } ») ; si le matériel a été remplacé, renommer ou supprimer l’ancien
cmdb-note-ambiguous-name = { $object } : plusieurs équipements y portent ce nom
cmdb-note-address-taken = { $object } : appartient là-bas à un autre équipement ou à un autre locataire, pas donnée à { $device } ; deux clients aux mêmes adresses ont chacun besoin d’un « vrf »
cmdb-note-prefix-taken = { $object } : le préfixe appartient à un autre locataire ; deux clients aux mêmes adresses ont chacun besoin d’un « vrf »
cmdb-note-address-shared = { $object } : plusieurs équipements ont cette adresse et aucun n’est seul à y répondre
cmdb-note-ambiguous-address = { $object } : la cible contient plusieurs fois cette adresse
cmdb-note-prefix-of-two-sites = { $object } : le préfixe appartient à deux sites
cmdb-note-loose-link = { $object } : une extrémité du lien n’est pas connue
cmdb-note-cable-without-port = { $object } : pas de câble, une extrémité n’est pas parmi les interfaces
cmdb-note-cable-without-socket = { $object } : pas de câble, une extrémité est une interface virtuelle ou un agrégat
cmdb-note-port-cabled = { $object } : pas de câble, l’un des ports en a déjà un autre là-bas
cmdb-note-port-of-two-links = { $object } : pas de câble, l’un des ports a un autre lien
cmdb-note-field-not-unique = { $object } : le champ personnalisé n’y est pas unique ; le rendre unique
cmdb-note-gone = { $object } ({ $kind }) : écrit par nous, plus vu ; reste en place
cmdb-note-no-class = { $object } : le serveur n’a pas de classe { $class }, ou elle n’est pas faite pour des équipements ; en choisir une autre dans models/classes.yaml ou installer son module
cmdb-note-no-ipv6 = { $object } : IPv6, pour lequel le serveur n’a pas de place
cmdb-note-no-address = { $object } : sa classe là-bas ({ $class }) n’a pas de place pour une adresse
cmdb-note-ambiguous-vlan = VLAN { $object } : l’organisation l’a plusieurs fois ; les fusionner là-bas
cmdb-note-no-networks = { $object } : le serveur n’a pas cette classe ; les réseaux et VLAN de cette sorte ne sont pas écrits
cmdb-note-no-link = { $object } : pas de lien, une extrémité doit y être un équipement réseau et l’autre avoir des interfaces
cmdb-note-not-in-target = { $object } : à retirer, absent de la cible
