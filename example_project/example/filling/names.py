"""Names of people who do not exist."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

#: Given names and family names that go together.
CULTURES = [
    ("Amara Chinedu Ngozi Emeka Ifeoma Obinna Adaeze Kelechi", "Okafor Eze Nwosu Obi Adeyemi Balogun Okonkwo"),
    ("Aiko Haruto Yui Ren Sakura Takumi Hana Daiki", "Tanaka Sato Mori Ishikawa Kobayashi Nakamura Fujita"),
    ("Camila Mateo Valentina Joaquín Lucía Tomás Renata Andrés", "García Muñoz Rojas Herrera Quispe Vargas Peña"),
    ("Léa Hugo Chloé Théo Inès Baptiste Zoé Étienne", "Lefèvre Moreau Girard Rousseau Fontaine Mercier Blanc"),
    ("Lena Jonas Mia Felix Greta Moritz Käthe Jürgen", "Schäfer Vogel Brandt Keller Lindner Groß Weiß"),
    ("Priya Arjun Ananya Rohan Kavya Vikram Meera Ishaan", "Sharma Iyer Patel Banerjee Reddy Nair Kapoor"),
    ("Zofia Jakub Hanna Kacper Maja Szymon Łucja Wojciech", "Kowalska Nowak Wójcik Zieliński Lis Mazur Dąbrowska"),
    ("Leila Omar Yasmin Karim Nour Tariq Salma Idris", "Haddad Mansour Khoury Nasser Farouk Aziz Saleh"),
    ("Freja Søren Astrid Mikkel Ingrid Lars Åsa Bjørn", "Nielsen Lindqvist Dahl Holm Sørensen Berg Øster"),
    ("Thảo Minh Linh Quân Hương Duy Mai Bảo", "Nguyễn Trần Phạm Lê Hoàng Vũ Đặng"),
    ("Ayşe Emre Elif Mehmet Zeynep Can Defne Kerem", "Yılmaz Demir Çelik Şahin Kaya Öztürk Aydın"),
    ("Beatriz Thiago Larissa Caio Joana Rafael Inês Duarte", "Silva Carvalho Araújo Teixeira Moura Ramos Leitão"),
    ("Aoife Cillian Niamh Oisín Ciara Declan Saoirse Eoin", "Murphy Byrne Ó'Sullivan Walsh Doyle Kavanagh Flynn"),
    ("Wanjiru Kamau Achieng Otieno Zawadi Baraka Neema Jabari", "Mwangi Odhiambo Kariuki Njoroge Wekesa Kimani Mutua"),
    ("Giulia Lorenzo Chiara Matteo Elena Davide Sofia Nicolò", "Rossi Bianchi Ferrari Greco Conti Marino Gallo"),
    ("Grace Samuel Ruth Daniel Hazel Marcus Ivy Theodore", "Campbell Hughes Whitaker Brooks Sinclair Osborne Reid"),
]
#: Names in their own script, with the user name that goes with them.
SCRIPTS = [
    ("小明", "王", "wang.xiaoming"), ("雅婷", "陈", "chen.yating"), ("민준", "김", "kim.minjun"),
    ("서연", "박", "park.seoyeon"), ("Анна", "Соколова", "anna.sokolova"), ("Дмитро", "Шевченко", "dmytro.shevchenko"),
    ("Ελένη", "Παπαδάκη", "eleni.papadaki"), ("מיכל", "לוי", "michal.levi"), ("مريم", "الشامي", "maryam.alshami"),
    ("अदिति", "जोशी", "aditi.joshi"), ("ณัฐ", "สุขใจ", "nat.sukjai"), ("ნინო", "ბერიძე", "nino.beridze"),
]  # fmt: skip
#: Letters that do not come apart into a plain one and an accent.
PLAIN = str.maketrans("øłđıØŁĐß", "oldiOLDs")


class Name(NamedTuple):
    """What somebody is called, and signs in as."""

    given: str
    family: str
    username: str


def plain(words: str) -> str:
    """Return words in small letters of ASCII, joined by dots."""
    apart = unicodedata.normalize("NFKD", words.translate(PLAIN))
    letters = "".join(letter for letter in apart if letter.isascii() and (letter.isalnum() or letter == " "))
    return letters.lower().replace(" ", ".")


def names(random: Random) -> Iterator[Name]:
    """Yield different names for ever; when the lists are used up, user names get numbers."""
    pairs = [
        (given, family) for givens, families in CULTURES for given in givens.split() for family in families.split()
    ]
    found = [Name(given, family, plain(f"{given} {family}")) for given, family in pairs]
    random.shuffle(found)
    for number, name in enumerate(Name(*one) for one in SCRIPTS):
        found.insert(9 * number + 4, name)
    yield from found
    for round_ in range(2, 1000):
        yield from (name._replace(username=f"{name.username}.{round_}") for name in found)
