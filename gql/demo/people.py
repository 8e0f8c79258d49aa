"""Who the demo desk serves and who works at it; every company, address and number is invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["AGENT", "SUPERVISOR", "ADMINISTRATOR"]


@dataclass(frozen=True, slots=True)
class Person:
    """A customer's employee who turns to the desk; with a login, also through the portal."""

    name: str
    email: str
    phone: str
    login: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A company that the desk serves."""

    name: str
    contacts: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who works at the desk; `lines` are the support lines, 1 to 3, that he or she belongs to."""

    login: str
    name: str
    email: str
    role: Role
    lines: tuple[int, ...]
    time_zone: str


# the names by which the stories' variants say whose case it is
HOSPITAL = "Västhamn Hospital Group"
BAKERY = "Harrow & Finch Bakeries"
LOGISTICS = "Transmarel Logistics"
LAW = "Whitcombe Adeyemi LLP"
UTILITY = "Stadtwerke Ellerbrück"
RESORT = "Elk Saddle Mountain Resort"
COLLEGE = "Tideway College of Art"
PUMPS = "Hartvig Pump Works"
BROKERS = "Alder Quay Insurance Brokers"
HOTELS = "Banksia Bay Hotels"
COLD = "Brightwater Cold Storage"
HOUSING = "Calder Row Housing Association"
MUSEUM = "The Canal Museum Trust"
ARCHITECTS = "Sato Lindholm Architects"

# the telephone numbers lie in the ranges that each country keeps free for fiction
ACCOUNTS: tuple[Account, ...] = (
    Account(
        HOSPITAL,
        (
            Person("Vera Lindqvist", "vera.lindqvist@vasthamn.example", "+46 8 465 004 12", "vera"),
            Person("Amara Nwosu", "amara.nwosu@vasthamn.example", "+46 8 465 004 18"),
            Person("Henrik Sjöberg", "henrik.sjoberg@vasthamn.example", "+46 8 465 004 27"),
            Person("Leila Haddad", "leila.haddad@vasthamn.example", "+46 8 465 004 33"),
            Person("Mateusz Wrona", "mateusz.wrona@vasthamn.example", "+46 8 465 004 51"),
        ),
    ),
    Account(
        BAKERY,
        (
            Person("Paul Okafor", "paul.okafor@harrowfinch.example", "+44 113 496 0114", "paul"),
            Person("Siobhán Reilly", "siobhan.reilly@harrowfinch.example", "+44 113 496 0117"),
            Person("Gurpreet Kaur", "gurpreet.kaur@harrowfinch.example", "+44 113 496 0152"),
            Person("Dean Ackroyd", "dean.ackroyd@harrowfinch.example", "+44 113 496 0190"),
        ),
    ),
    Account(
        LOGISTICS,
        (
            Person("Élodie Marchetti", "e.marchetti@transmarel.example", "+33 1 99 00 14 20", "elodie"),
            Person("Youssef Benali", "y.benali@transmarel.example", "+33 1 99 00 14 36"),
            Person("Thierry Vasseur", "t.vasseur@transmarel.example", "+33 1 99 00 14 41"),
            Person("Ana Pinto", "a.pinto@transmarel.example", "+33 1 99 00 14 58"),
        ),
    ),
    Account(
        LAW,
        (
            Person("Folasade Adeyemi", "fadeyemi@whitcombeadeyemi.example", "+44 20 7946 0310", "folasade"),
            Person("Rupert Whitcombe", "rwhitcombe@whitcombeadeyemi.example", "+44 20 7946 0311"),
            Person("Hye-jin Park", "hpark@whitcombeadeyemi.example", "+44 20 7946 0348"),
        ),
    ),
    Account(
        UTILITY,
        (
            Person("Katrin Vogelsang", "k.vogelsang@sw-ellerbrueck.example", "+49 30 23125 410", "katrin"),
            Person("Mehmet Yıldız", "m.yildiz@sw-ellerbrueck.example", "+49 30 23125 422"),
            Person("Jörg Petersen", "j.petersen@sw-ellerbrueck.example", "+49 30 23125 437"),
        ),
    ),
    Account(
        RESORT,
        (
            Person("Cody Ramirez", "cody.ramirez@elksaddle.example", "+1 970 555 0121", "cody"),
            Person("Naomi Begay", "naomi.begay@elksaddle.example", "+1 970 555 0126"),
            Person("Annika Solberg", "annika.solberg@elksaddle.example", "+1 970 555 0134"),
            Person("Tyler Okamoto", "tyler.okamoto@elksaddle.example", "+1 970 555 0149"),
        ),
    ),
    Account(
        COLLEGE,
        (
            Person("Imogen Hart", "i.hart@tidewaycollege.example", "+44 20 7946 0722", "imogen"),
            Person("Rafael Quintero", "r.quintero@tidewaycollege.example", "+44 20 7946 0725"),
            Person("Nasreen Chowdhury", "n.chowdhury@tidewaycollege.example", "+44 20 7946 0763"),
        ),
    ),
    Account(
        PUMPS,
        (
            Person("Gunnar Hartvig", "gunnar@hartvigpumps.example", "+46 31 390 06 10", "gunnar"),
            Person("Sanna Korhonen", "sanna@hartvigpumps.example", "+46 31 390 06 22"),
            Person("Dragan Petrović", "dragan@hartvigpumps.example", "+46 31 390 06 37"),
            Person("Nguyen Thi Mai", "mai@hartvigpumps.example", "+46 31 390 06 45"),
        ),
    ),
    Account(
        BROKERS,
        (
            Person("Fiona MacAskill", "fiona.macaskill@alderquay.example", "+44 131 496 0204", "fiona"),
            Person("Deepak Joshi", "deepak.joshi@alderquay.example", "+44 131 496 0209"),
        ),
    ),
    Account(
        HOTELS,
        (
            Person("Talia Brennan", "talia.brennan@banksiabay.example", "+61 2 5550 4410", "talia"),
            Person("Hemi Parata", "hemi.parata@banksiabay.example", "+61 2 5550 4417"),
            Person("Zhao Xinyi", "xinyi.zhao@banksiabay.example", "+61 2 5550 4432"),
            Person("Marco Santoro", "marco.santoro@banksiabay.example", "+61 2 5550 4476"),
        ),
    ),
    Account(
        COLD,
        (
            Person("Denise Kowalczyk", "dkowalczyk@brightwatercold.example", "+1 612 555 0108", "denise"),
            Person("Jamal Whitfield", "jwhitfield@brightwatercold.example", "+1 612 555 0115"),
            Person("Luz Herrera", "lherrera@brightwatercold.example", "+1 612 555 0163"),
        ),
    ),
    Account(
        HOUSING,
        (
            Person("Shabana Mirza", "shabana.mirza@calderrow.example", "+44 161 496 0401", "shabana"),
            Person("Colin Thwaite", "colin.thwaite@calderrow.example", "+44 161 496 0415"),
            Person("Ewa Baranowska", "ewa.baranowska@calderrow.example", "+44 161 496 0430"),
        ),
    ),
    Account(
        MUSEUM,
        (
            Person("Beatrice Fairweather", "b.fairweather@canalmuseum.example", "+44 121 496 0610", "beatrice"),
            Person("Tadeo Ruiz", "t.ruiz@canalmuseum.example", "+44 121 496 0618"),
        ),
    ),
    Account(
        ARCHITECTS,
        (
            Person("Keiko Sato", "keiko@satolindholm.example", "+1 415 555 0140", "keiko"),
            Person("Erik Lindholm", "erik@satolindholm.example", "+1 415 555 0141"),
            Person("Zainab Yusuf", "zainab@satolindholm.example", "+1 415 555 0155"),
            Person("Noah Feldman", "noah@satolindholm.example", "+1 415 555 0172"),
            Person("Camille Dubois", "camille@satolindholm.example", "+1 415 555 0188"),
        ),
    ),
)

EMPLOYEES: tuple[Employee, ...] = (
    Employee("anna", "Anna Weber", "anna.weber@caseline.example", "AGENT", (1,), "Europe/Berlin"),
    Employee("ben", "Ben Castellano", "ben.castellano@caseline.example", "AGENT", (2,), "Europe/Rome"),
    Employee("dora", "Dora Novak", "dora.novak@caseline.example", "SUPERVISOR", (), "Europe/Prague"),
    Employee("otto", "Otto Haugen", "otto.haugen@caseline.example", "ADMINISTRATOR", (), "Europe/Oslo"),
    Employee("kofi", "Kofi Mensah", "kofi.mensah@caseline.example", "AGENT", (1,), "Europe/London"),
    Employee("mei", "Mei Tan", "mei.tan@caseline.example", "AGENT", (1,), "Asia/Singapore"),
    Employee("lucia", "Lucía Romero", "lucia.romero@caseline.example", "AGENT", (1,), "America/Bogota"),
    Employee("priya", "Priya Raman", "priya.raman@caseline.example", "AGENT", (2,), "Asia/Kolkata"),
    Employee("tomasz", "Tomasz Zieliński", "tomasz.zielinski@caseline.example", "AGENT", (2,), "Europe/Warsaw"),
    Employee("yusuf", "Yusuf Demir", "yusuf.demir@caseline.example", "AGENT", (3,), "Europe/Istanbul"),
)
