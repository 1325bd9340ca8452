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
cli-tests-passed = { $count } essais réussis.
cli-tests-failed = { $failed } essais en échec sur { $count }.
cli-lint-clean = Rien à redire : { $count } fichiers.
cli-unknown-id = « { $id } » est inconnu.

## Aide
help = Audit et inventaire automatisés pour les infogérants
help-init = Écrit un audit.yaml commenté
help-plan = Dit ce qu’un scan enverrait ; n’envoie rien
help-scan = Mène le scan : la seule commande qui envoie du trafic d’audit
help-audit = Mène le scan, juge, dimensionne et écrit le rapport
help-audit-last = Juge à nouveau le dernier passage ; n’envoie rien
help-audit-replay = Prend les preuves dans des enregistrements, des .snmprec ou des sorties de snmpwalk ; n’envoie rien
help-resume = Termine un passage interrompu, puis juge, dimensionne et écrit le rapport
help-export = Exporte les résultats du dernier passage
help-export-to = Format
help-export-out = Dossier où écrire
help-checks = Le catalogue des contrôles
help-checks-list = Liste tous les contrôles
help-checks-explain = Explique un contrôle
help-checks-explain-id = Identifiant du contrôle, par exemple SSH-006
help-checks-test = Lance les essais que portent les contrôles
help-checks-lint = Cherche ce qu’un relecteur reprocherait
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
help-option-data = Dossier dont checks/, families/, models/ et templates/ complètent ou remplacent les fichiers intégrés
help-option-allow-inline-secrets = Accepte des secrets en clair dans audit.yaml
help-option-unprivileged = N’utilise pas les sockets brutes (ARP, ICMP), même si elles sont permises
help-option-as-of = Date du jugement (RFC 3339) ; par défaut la fin des preuves
help-option-fail-on = Sort avec 1 si un contrôle de cette gravité ou pire échoue
help-exit-codes =
    Codes de sortie :
      0  complet, aucun constat à partir de --fail-on
      1  constats à partir de --fail-on
      2  n’a pas pu s’exécuter
      3  incomplet, ou un contrôle s’est terminé en erreur
