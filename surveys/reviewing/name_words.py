"""Words that tell names of people from other words in capitals; folded, as `fold` does."""

ROMANIAN_TITLES = """
    domnul domnului doamna doamnei domnisoara domnisoarei dl dlui d-l d-lui dna d-na d-nei dra
    nea tanti vecinul vecinului vecina vecinei primarul primarului primarita doctorul doctorului
    doctorita dr asistenta profesorul profesorului profesoara prof ing inginerul av avocatul
    preotul parintele colegul colega prietenul prietena numitul numita numesc
"""

SERBIAN_TITLES = """
    gospodin gospodina gospodinu gospoda gospode gospodi g-din g gdin gda g-da gospodica komsija
    komsije komsiji komsiju komsinica komsinice komsinici sused suseda susedi susetka susetke
    doktor doktora doktoru doktorka doktorke profesor profesora profesorka nastavnik uciteljica
    predsednik predsednika gradonacelnik inzenjer advokat svestenik otac kolega koleginica
    prijatelj prijatelja prijateljica drug cika ujak tetka baba deda zovem
"""

ENGLISH_TITLES = """
    mr mrs ms miss mister doctor professor mayor neighbour neighbor nurse father uncle aunt
    colleague named
"""

TITLES = frozenset((ROMANIAN_TITLES + SERBIAN_TITLES + ENGLISH_TITLES).split())

# Whole words.
SHORT_WORDS = """
    i a o u eu ue nu da in la de din pe sa si cu nis bor boru bora sava save savi savu tisa tise
    iron gate gates porti portile grad grada gradu dom doma pod podul most mosta mostu put puta
    parc parcul park parka ipa csv mai mart martie iulie iunie jul jun jula juna june july
    avgust august septembar vlada vlade vladi vladu bank banka banca banke fond fund fondul post
    posta crucea crven crveni krst rosie red cross street road ulica ulice ulici strada bulevard
    joint past pasti paste uskrs bozic craciun nord sud est vest sever jug istok zapad north
    south east west
"""

NO_NAMES = frozenset(SHORT_WORDS.split())

# What a word begins with, however it is declined.
LANDS_AND_PEOPLES = """
    romani rumun serbi srbi srbij srps europ evrop dunar dunav danub derdap tamis timok moravsk
    banat transilv olteni vojvod hungar ungari madars bulgar bugar german nemac austri ital
    balkan carpat karpat bucurest bukurest bucharest beograd belgrad craiov krajov timisoar
    temisvar resita orsov kladov vrsac pancev zajecar negotin smederev tekij moldov mehedint
    drobet turnu
"""

BODIES = """
    union uniunea uniuni unija unije uniji consili council judet judean primari opstin skupstin
    ministr minist guvern govern parlament republi spital bolnic hospital clinic klinik zdravlj
    universit univerz facult fakult scoala scolii school osnovn gimnaz liceu biseric church
    politi police polici granic granit vamal custom border carins interreg program projec projek
    proiec secretari sekretarij comisi komisij commission agenti agencij agency institut asociat
    udruzenj association camera comert komora chamber nation naciona natsional autostrad autoput
    highway drumul regional
"""

MONTHS = """
    ianuar februar april septemb octomb octob oktob noiemb novemb decemb januar
"""

NO_NAME_BEGINNINGS = tuple((LANDS_AND_PEOPLES + BODIES + MONTHS).split())
