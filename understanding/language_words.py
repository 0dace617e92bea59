"""What gives a language away: its commonest words, and letters and groups of letters that others lack.

Hand-written, with the words of a shop's customers in mind. English has the most words, because taking English
for something else costs most; it needs no letters.
"""

from __future__ import annotations

from typing import Final

_EN = """
a about above account accounts action actually address adress after again against ago agree ahead all almost
already also always am amount an and another answer any anybody anymore anyone anything anyway app are arent
around arrive arrived arrives arriving as ask asked asking asap at available away baby back bad bag bank be
because bed been before being best better big bill black blue boots both bottom bought box boxes bring broke
broken brown but buttons buy by call called came can cancel cancelled cannot cant card cards care case
change changed charge charged charger chat cheap check city clean clear click close closed coat code codes
cold colour come comes coming complain complaint confirm confirmation contact cost costs could couldnt
country couple courier cover customer customers damaged dark date dates day days deal dear deliver delivered
delivery desk detail details did didnt different discount do does doesnt doing done dont door double down
dress driver during each early easy either else email emails employee end enough error even ever every
everybody everyone everything exchange expect expected expensive explain extra fast feedback feel few fill
final find fine first fit five fix follow for forgot form found four free friend from full further gave get
gets getting gift give given gives giving glad go goes going gone gonna good got great green guy guys had
half hand hang happen happened hard has hasnt hate have havent having he heard hello help helped helpful
helps her here hers hey hi high him his hold home hope hour hours house how however hub human i id idea if
ill im in information inside instead into invoice is isnt issue it item items its ive jacket job jumper just
keep keeps kettle kind know knows lamp large last late later least leave left less let lets letter light
like liked line link little live log logged login long look looking looks lost lot lots love lovely low made
mail mails make makes making man many mate matter may maybe me mean means medium message mine minute minutes
missing mistake moment money month months more morning most move much must my name near need needed needs
never new next nice night no nobody none nope not nothing now number of off offer often ok okay old on once
one ones only open option or order ordered ordering orders other our out over own package page paid pair pan
parcel parcels part party password pay paying payment payments people per person phone pick place placed
plan please pls plz plug point post postcode press price prices probably problem problems product products
proof purchase put quality question questions quick quickly quite rather read ready real really reason
receipt receive received red refund refunds refuse remove replace replacement reply reset return returned
returning returns right room safe said sale same saw say saying says second see seem seems seen sell send
sending sent service set several shall she ship shipped shipping shirt shoe shoes shop shops should show
shows side sign since site size sizes slow small so some somebody someone something somewhere soon sorry
speak staff start started status stay still stock stop store street stuff subscription such suggest support
sure take taken takes talk team tell ten than thank thanks that thats the their them then there theres these
they thing things think this those though thought three through thx ticket till time times to today together
told tomorrow too took total touch town track tracking tried tries true try trying turn twice two type u
under understand until up update upset ur us use used useless user using usually very visa voucher wait
waited waiting wanna want wanted wants warehouse warranty was wasnt watch water way we website wed week
weeks well went were werent what whats when where wheres which while white who whole why will wish with
within without woman wont word words work working works worse worst worth would wouldnt wrong wtf wear yeah
year years yes yesterday yet you your youre yours
"""

#: English words that are common in another language too: they say less.
RARE_ENGLISH: Final = """
die war also hat bin art gut rot links arm note bald wild land rest wo rung tag brief strong warm hell son
sale main pas tout fin sur plus dont font pour comment chat pain point ton tire dire mention vase sole mare
pure dove tale cane estate fine come sera vino era solo per con una dot men barn gift slut glass far her
fast fart vet hem van den brand slim ding toe of spot kip file ham dam bad dank als om se do no sim dos ate
mal tem final mole data
"""

#: Words by language, commonest first; each without its marks counts too, where English has no such word.
WORDS: Final[dict[str, str]] = {
    "en": _EN,
    "de": """
ich und der die das ist nicht sie es mein meine meinen meiner meinem ein eine einen einer einem mit für wie
wo was wann warum auf von zu zum zur den dem des im habe haben hat hatte kann können möchte will wollen
wurde wird werden bitte danke noch schon mir mich ihr ihre ihren ihnen wir uns aber auch oder wenn dass nach
bei aus seit bis nur sehr mehr kein keine keinen immer diese dieser dieses diesen hallo guten tag bestellung
bestellt paket lieferung geld zurück rechnung konto lampe schuhe gekauft bezahlt angekommen kaputt
funktioniert geht kommt bekommen zurückschicken hilfe brauche gibt doch jetzt heute morgen gestern woche
wochen tage tagen bin sind war seid hätte würde könnte muss soll sein über vor um am als man wer welche
größe falsche versand kostet kosten warte lange ja nein mitarbeiter mensch sprechen jemand also welcher
welches seine einfach leider erst wirklich wieder gegen ohne unter zwischen weil damit dann denn dort hier
alles alle etwas nichts nie wohl etwa zwei zweimal drei mal bleibt steht macht machen gemacht lassen passt
passen gefällt wäre sollte darf dürfen hatten würden umtauschen stornieren abgebucht erstattung rückgabe
garantie rabattcode gutschein wasserkocher hose jacke kleid mantel passwort vergessen anmelden einloggen
adresse ändern bestellnummer karte gesendet schicken liefern liefert echt schlecht gut schnell vielen herr
frau monat monate finde finden findet nirgends ständig ganz genau viel wenig andere anderen nächste letzte
letzten ersten neue neuen neu jede jeder jedes ihm ihn ihres unser unsere eure euer dein deine sollen
sollten hätten müssen müsste stimmt gehen kommen sehen sagen gesagt worden geworden lieber seite webseite
einmal nochmal zurzeit wegen während obwohl
""",
    "fr": """
je le la les un une des du de et est pas ne que qui quoi dans pour sur avec mon ma mes votre vos notre nous
vous il elle on ce cette ces cet au aux en par plus ou où mais comment quand pourquoi quel quelle combien
suis ai avez avons ont sont été fait faire peux peut pouvez voudrais veux bonjour merci svp plaît commande
colis livraison remboursement argent compte facture chaussures lampe acheté payé reçu arrivé arrivée
toujours encore jamais rien très bien aussi si me moi sans chez après avant depuis puis être avoir problème
marche fonctionne retourner renvoyer besoin aide jours semaine taille retour adresse jour oui non parler
quelqu qu ça cela lui leur y était déjà même trop tout tous se sa ses son leurs dont car donc alors ici là
vers sous entre deux fois trois autre autres peu beaucoup sûr temps faut faudrait dois doit devez vais va
allez venir arriver annuler commander échanger rembourser livrer livrez livré envoyer envoyez mot passe
oublié code promo garantie dure petit petites grand cassé cassée bouilloire veste manteau robe service
client débité prélevé article manque prix carte aimerais pourriez trouve changer modifier j n est-ce
personne heures mois inadmissible scandaleux d'accord souhaite trouver toute toutes chaque quelques nouveau
nouvelle dernier dernière premier première moins assez vraiment seulement pendant contre nos eux étais
serait aurait devrait faudra dire dit voir vu savoir sait pense site page abonnement là-bas ni lors parce
tant ainsi
""",
    "es": """
el la los las un una unos de del y es en que qué no por para con mi mis su sus se me te le lo al ha he han
hay está están estoy este esta estos esto como cómo cuándo dónde donde cuánto cuál quién porque pero más muy
ya también si sí todavía nada nunca quiero quisiera puedo puede pueden tengo tiene hola gracias favor buenos
días buenas pedido paquete envío entrega dinero cuenta factura zapatos lámpara comprado pagado llegado
recibido devolver devolución reembolso ayuda necesito problema funciona hacer hace cuando desde hasta sin
sobre ser soy son era fue ayer hoy mañana semana talla persona hablar alguien usted ustedes mucho tarda
cobrado veces compré compra hice roto rota e sino aunque mientras entonces aquí allí algo cada otro otra
otros dos tres vez mismo misma hacen hago enviar envían envíos llegar llega llegó cambiar cancelar comprar
pagar cobrar has habéis había tener quieren tienen podría podrían gustaría olvidado contraseña código
descuento garantía dura pequeño pequeña pequeñas grande chaqueta abrigo vestido botas zapatillas tetera
falta artículo precio tarjeta dirección número meses horas vergüenza eso ese esa estas quedan queda nos les
cuanto tanto bien mal e-mail todo toda todos todas siempre tiempo nuestro nuestra vuestro encuentro
encontrar sitio página nuevo nueva último primera primero menos bastante según contra sea sean fuera sería
debería decir dicho ver visto saber sé creo así luego después antes ahora casi solo sólo tan suscripción
tampoco aún
""",
    "it": """
il lo la i gli le un una uno di del della dei delle e è che chi non per con mio mia miei mie suo sua si mi
ti ci al alla nel nella dal dalla sul sulla ho ha hanno hai sono siamo sei come quando dove perché quanto
quale questo questa questi quello ma più molto anche ancora già mai niente voglio vorrei posso può potete
devo ciao grazie prego buongiorno ordine pacco spedizione consegna soldi conto fattura scarpe lampada
comprato pagato arrivato arrivata ricevuto restituire reso rimborso aiuto bisogno problema funziona fare
fatto cosa da in se o senza dopo prima oggi domani ieri giorni settimana taglia persona parlare qualcuno era
stato stata essere avere riesco tempo bollitore rotto rotta nello degli agli sugli fra tra però quindi
allora adesso qui lì qualcosa ogni altro altra due tre volte volta stesso troppo poco spedite spedire arriva
arrivare cambiare annullare comprare pagare addebitato avete abbiamo aveva tenere vogliono vorremmo potrei
potreste dimenticato password codice sconto garanzia dura piccolo piccole grande giacca cappotto vestito
stivali manca articolo prezzo carta indirizzo numero mesi ore vergogna sia stati accende spegne tuo dov'è
com'è c'è sbagliato oppure ordinato ricevuta tutto tutta tutti tutte sempre vostro vostra nostro nostra
trovo trovare sito pagina nuovo nuova ultimo primo meno abbastanza secondo contro sarebbe dovrebbe dire
detto vedere visto sapere so credo così poi quasi solo tanto abbonamento neanche nemmeno loro lui lei noi
voi cui dov dall nell sull apre va fa dà sta
""",
    "nl": """
ik de het een en is niet van mijn dat die wat waar hoe wanneer waarom op in te met voor aan bij uit naar
zijn ben heb heeft hebben had kan kunnen wil willen wordt worden werd maar ook nog al of om als dan er geen
zo dit deze jullie u uw je jij wij we mij me hij zij ze graag bedankt dank alstublieft hallo goedendag
goedemorgen bestelling besteld pakket pakje levering geleverd geld terug rekening factuur schoenen lamp
gekocht betaald aangekomen ontvangen kapot werkt doet terugsturen retourneren hulp nodig moet nu vandaag
morgen gisteren week weken dagen sinds zonder tot over door niets nooit altijd iemand spreken medewerker
maat verkeerde kosten verzending duurt lang ja nee heel veel meer onze was word echt toch dus want omdat
terwijl toen hier daar iets elke andere twee drie keer maal weer onder tussen leveren levert komt kwam gaat
gaan doen krijgen kreeg krijg annuleren betalen bestellen wijzigen veranderen ruilen vergeten wachtwoord
kortingscode garantie klein kleine groot waterkoker jas jurk laarzen ontbreekt doos prijs kaart adres nummer
maanden uur schande vraag abonnement goedemiddag goedenavond blijft staat ligt mag mogen zou zouden hoeveel
welke wie hun hen hem haar ons pakketje hele tijd vind vinden site pagina nieuwe nieuw laatste eerste minder
genoeg volgens tegen zal zullen zeggen gezegd zien gezien weten weet denk bijna alleen alles steeds eens
vaak soms weg hoeft moeten ding mensen niemand nergens ergens eigenlijk misschien gewoon
""",
    "pt": """
o a os as um uma de do da dos das e é que não em no na nos nas por para com meu minha meus minhas seu sua se
me lhe ao à foi está estão estou este esta isto isso como quando onde quanto qual quem porque mas mais muito
já também ainda nada nunca quero queria gostaria posso pode podem tenho tem olá obrigado obrigada favor bom
dia boa tarde encomenda pedido pacote envio entrega dinheiro conta fatura sapatos candeeiro comprei paguei
chegou recebi devolver devolução reembolso ajuda preciso problema funciona fazer faz feito desde até sem
sobre ser sou são era ontem hoje amanhã semana tamanho pessoa falar alguém você vocês tempo demora casaco
consigo vezes avariado estragado duas dois uns umas ou pelo pela pelos mesmo então aqui ali alguma algo cada
outro outra três vez entregam entregar enviar chega chegar trocar cancelar comprar pagar cobrado cobraram
fui foram temos tinha ter querem podia gostava esqueci palavra-passe senha código desconto garantia duração
pequeno pequenos grande partido vestido botas falta artigo caixa preço cartão morada endereço número meses
horas vergonha pois nem vou vai mudar alterar chaleira lâmpada produto loja email sempre tudo todo toda
todos todas vosso vossa nosso nossa encontro encontrar sítio página novo nova último primeiro menos bastante
segundo contra seria deveria dizer disse ver visto saber sei acho assim depois antes agora quase só tanto
subscrição assinatura ele ela eles elas vos lhes abre hei faço
""",
    "pl": """
nie się i w na z do to jest że jak gdzie kiedy dlaczego co czy mi mnie mój moja moje moją mojego mojej swoje
ja ty pan pani państwo są był była było mam ma mamy mogę może można chcę chciałbym chciałabym proszę
dziękuję dzień dobry cześć za po od dla o przez bez już jeszcze tylko ale też bardzo tak jestem ten ta te
tego tej tym zamówienie zamówienia zamówiłem zamówiłam paczka paczkę paczki przesyłka przesyłki dostawa
dostawy pieniądze pieniędzy konto konta faktura buty lampa kupiłem kupiłam zapłaciłem zapłaciłam dostałem
dostałam przyszła przyszło zwrot zwrócić pomoc potrzebuję działa problem dzisiaj wczoraj jutro tydzień dni
rozmiar człowiekiem porozmawiać ktoś zalogować nadal wciąż które który która ile ze aby żeby więc bo albo
lub ani tu tutaj tam coś każdy inny inna dwa dwie trzy razy raz sam sama wysyłacie wysłać dotrze przyjdzie
przyszedł zmienić anulować kupić zapłacić pobraliście pobrano mają macie mieć chcą możecie mógłbym
zapomniałem zapomniałam hasło hasła kod rabatowy gwarancja długo trwa małe mały duży czajnik kurtka płaszcz
sukienka brakuje rzeczy paczce cena karta adres numer miesiące godziny skandal będzie nic nikt zawsze nigdy
teraz czemu witam sobie was wam nas nam ich jego jej czekam zepsuta zepsuty uszkodzona cały cała wszystko
wszystkie wasz wasza waszej nasz nasza strona znaleźć znajdę nowy nowa ostatni pierwszy mniej dość według
przeciw byłby powinien powiedzieć widzieć widzę wiedzieć wiem myślę prawie dopiero więcej chyba trzeba warto
żaden żadna jakiś jaka jakie których subskrypcji subskrypcja oraz nad pod przed zostawił został czas
""",
    "sv": """
jag och det är inte att en ett som på i för med av min mitt mina har hade kan kommer vill ska skulle var när
hur varför vad vem den de du ni han hon vi oss er mig dig men också eller om till från utan efter innan
sedan redan bara mycket mer ingen inget inga aldrig alltid nu idag igår imorgon hej tack snälla beställning
beställt beställde paket paketet leverans pengar tillbaka konto faktura räkning skor skorna lampa lampan
köpt köpte betalat fått kommit fungerar hjälp behöver skicka returnera trasig sönder storlek fel dagar vecka
veckor någon prata människa ja nej denna detta dessa längre vara vilken många få får gör göra över under
logga era ert våra vårt dem deras sin sitt sina så då där här ju väl alla allt annan andra två tre gång
gånger igen skickar skickade levererar komma byta ändra avbeställa betala köpa dragit ville kunde måste
borde glömt lösenord rabattkod rabattkoden garanti garantin länge små liten stor vattenkokare vattenkokaren
jacka kappa klänning stövlar saknas sak lådan pris kort adress adressen nummer månader timmar skandal gäller
blir blev finns varan hela tiden hittar hitta sida sidan ny nya sista första mindre nog enligt mot bör säga
sagt se sett veta vet tror nästan även mest ofta ibland bort prenumeration saker folk något ingenting
ingenstans någonstans egentligen kanske säger upp ner in ut fram hos
""",
    "tr": """
bir ve bu da de için ile ne nasıl nerede zaman neden niye kim ben benim bana beni siz sizin size biz var yok
mi mı mu mü değil çok daha ama gibi kadar sonra önce hala hâlâ henüz artık evet hayır lütfen teşekkürler
teşekkür ederim merhaba selam iyi günler sipariş siparişim siparişimi siparişi kargo kargom paket paketim
teslimat para paramı iade iademi hesap hesabım hesabıma fatura ayakkabı ayakkabıları lamba aldım ödedim
geldi gelmedi gelir gelecek bozuk çalışmıyor yardım istiyorum istiyoruz ihtiyacım olur oldu olarak etmek
yapmak yapmalıyım bugün yarın dün hafta gün beden yanlış kişi konuşmak biri birisi ettim edin eder misiniz
musunuz her şey kırık nedir su az hiç şu o onu ona onun bunu iki üç kere defa kez çektiniz gönderiyor
gönderin göndermek musun iptal değiştirmek değiştirebilirim almak ödeme ödemek unuttum şifre şifremi kod
kodu indirim garanti süresi küçük büyük kırıldı çaydanlık ısıtıcısı ceket elbise çizme eksik ürün kutu fiyat
kart adres adresimi numara ay saat rezalet istedim isterim gerek lazım neresi hangi kaç sana bizi hepsi ya
ilgili sorun sorunum sorum vardı oluyor geri param bulabilirim bulmak site sitesi siteniz yeni son ilk göre
karşı olabilir demek dedi görmek gördüm bilmek biliyorum bence neredeyse sadece hep bazen sürekli tüm bütün
bazı hiçbir aboneliğimi abonelik acaba tekrar yine böyle öyle şimdi kendi benden bende bizim mıdır mısınız
alabilir yapabilir olmadı olmuyor diye ise
""",
}

#: Letters that say so by themselves.
LETTERS: Final[dict[str, str]] = {
    "de": "ßäöü",
    "fr": "éèêàçùûôîœëï",
    "es": "ñ¿¡áíóúé",
    "it": "àèìòùé",
    "nl": "ëïé",
    "pt": "ãõçáâéêíóôú",
    "pl": "ąćęłńśźżó",
    "sv": "åäö",
    "tr": "ğışçöü",
}

#: Beginnings (^), ends ($) and inner groups of words of four letters or more.
GROUPS: Final[dict[str, str]] = {
    "de": "sch cht ung$ keit$ heit$ lich$ pf tz ^zu ^ge ^ver ück eie ieren$ ^be ^ein ^aus",
    "fr": "eau oir$ aux$ ^qu eux$ ez$ ois$ ait$ ement$ eur$ euse$ tion$ elle$ ette$ ère$ oui ille$ aient$",
    "es": "ción$ ado$ ada$ ando$ iendo$ dad$ ll ^qu ito$ amos$ emos$ aron$ ería$ ido$ uer ñ ^des",
    "it": "zione$ zz gli tto$ tta$ cch are$ ere$ ire$ ato$ ata$ gn aggio$ ^sp ndo$ mente$ sc ^qu",
    "nl": "ij aa oe uu ee$ tje$ heid$ lijk$ ^ge cht sch ^ver eren$ ^ont ingen$ ouw uis eeft$",
    "pt": "ção$ ões$ ão$ lh nh ei$ ou$ ado$ ada$ inho$ agem$ ^qu dade$ amos$ ^des mente$ xa",
    "pl": "sz cz rz szcz dz ów$ ego$ owa$ nie$ ^prz ^wy ^roz ć$ ie$ ski$ łem$ łam$ ^za ych$ iem$",
    "sv": "sk skt$ ade$ ning$ ^för lig$ ligt$ het$ ar$ arna$ en$ et$ ^till äng kt$ ckt",
    "tr": "ler$ lar$ yor yorum$ ım$ im$ dım$ dim$ mek$ mak$ mı cak$ sın ım ında$ inde$ ıyor ğı lık$ lik$ tım$ dı$",
}

NAMES: Final[dict[str, str]] = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
    "pl": "Polish",
    "sv": "Swedish",
    "tr": "Turkish",
    "ru": "Russian",
    "uk": "Ukrainian",
    "el": "Greek",
    "ar": "Arabic",
    "fa": "Persian",
    "he": "Hebrew",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "hi": "Hindi",
    "th": "Thai",
}

_PERSON = """
mensch menschen mitarbeiter mitarbeiterin berater kundendienst person jemand jemanden jemandem humain
conseiller conseillere employe quelqu personne persona humano agente alguien operador asesor operatore
operatrice umano qualcuno mens persoon medewerker iemand pessoa alguem atendente czlowiek czlowiekiem
konsultant konsultantem ktos kims pracownikiem osoba manniska nagon handlaggare medarbetare insan insanla
biri birisi biriyle birisiyle temsilci temsilciyle yetkili yetkiliyle
"""
#: What a customer who wants a person says in their own language, without marks.
PERSON_WORDS: Final[frozenset[str]] = frozenset(_PERSON.split())
